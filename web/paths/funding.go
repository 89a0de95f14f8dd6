package paths

import "net/url"

// Applications is where applications are opened and live.
const Applications = "/applications"

// Counter is the paper counter of a community (窗口代办).
const Counter = "/counter"

// Application returns an application: its form while a draft, its case after.
func Application(no string) string { return Applications + "/" + url.PathEscape(no) }

// ApplicationCase returns an application as a case, whoever may still write it.
func ApplicationCase(no string) string { return Application(no) + "?view=case" }

// ApplicationSection returns one part of the form.
func ApplicationSection(no, section string) string {
	return Application(no) + "/sections/" + url.PathEscape(section)
}

// ApplicationPapers returns the list of papers of the form.
func ApplicationPapers(no string) string { return Application(no) + "/papers" }

// ApplicationSlot is where a paper of one slot is sent.
func ApplicationSlot(no, slot string) string {
	return ApplicationPapers(no) + "/" + url.PathEscape(slot)
}

// ApplicationPaperRemoval is where a paper is taken out again.
func ApplicationPaperRemoval(no, slot, id string) string {
	return ApplicationSlot(no, slot) + "/" + url.PathEscape(id) + "/removal"
}

// ApplicationFile returns the content of a paper.
func ApplicationFile(no, id string) string { return Application(no) + "/files/" + url.PathEscape(id) }

// ApplicationReview returns the check-answers page.
func ApplicationReview(no string) string { return Application(no) + "/review" }

// ApplicationReport returns the use report of a grant.
func ApplicationReport(no string) string { return Application(no) + "/use-report" }

// ApplicationReportAct returns a step of the use report: review, submission,
// decision.
func ApplicationReportAct(no, act string) string { return ApplicationReport(no) + "/" + act }

// ApplicationReportSlot is where a paper of the use report is sent.
func ApplicationReportSlot(no, slot string) string {
	return ApplicationReport(no) + "/papers/" + url.PathEscape(slot)
}

// ApplicationReportRemoval is where a paper of the use report is taken out again.
func ApplicationReportRemoval(no, slot, id string) string {
	return ApplicationReportSlot(no, slot) + "/" + url.PathEscape(id) + "/removal"
}

// ApplicationReportFile returns the content of a paper of the use report.
func ApplicationReportFile(no, id string) string {
	return ApplicationReport(no) + "/files/" + url.PathEscape(id)
}

// ApplicationPrint returns the form on paper, to sign and stamp.
func ApplicationPrint(no string) string { return Application(no) + "/print" }

// ApplicationReceipt returns the receipt of a submission.
func ApplicationReceipt(no string) string { return Application(no) + "/receipt" }

// ApplicationLetter returns an official letter of the case.
func ApplicationLetter(no, id string) string {
	return Application(no) + "/letters/" + url.PathEscape(id)
}

// ApplicationCheck returns the conditions answered from the facts of now.
func ApplicationCheck(no string) string { return Application(no) + "/eligibility" }

// ApplicationAct returns the resource of a state change: submission, opinion,
// acceptance, correction, refusal, withdrawal.
func ApplicationAct(no, act string) string { return Application(no) + "/" + act }

// MyEligibility returns a programme's conditions for one's own organization.
func MyEligibility(programme string) string { return "/my/eligibility/" + url.PathEscape(programme) }
