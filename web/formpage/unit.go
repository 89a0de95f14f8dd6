package formpage

import "civilaffairs/internal/district"

// Unit asks for the supervising unit: the list is offered with the other texts by
// which its departments are known, and a text that means none of them is kept and
// remarked on.
func Unit(units district.Units) Control {
	c := Listed("supervising_unit", "业务主管（指导）单位", append(units.Names, units.Aliases...))
	c.remark = func(typed string) string {
		if typed == "" || units.Knows(typed) {
			return ""
		}
		return district.UnknownUnit(typed) + "。"
	}
	return c
}
