package startup

import "civilaffairs/internal/funding"

// Kind is the programme's key in cases, URLs and parameters.
const Kind = "startup"

// definition is the workflow of start-up support (domain §3).
var definition = funding.Flow(Kind, "孵化关爱工程", "FH", funding.Terms{PayDays: "startup.pay_wd", ReportMonths: "startup.use_report_months"})
