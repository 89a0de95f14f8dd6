package accountpages

import "strings"

// device names a browser for its owner: enough to recognise one's own phone. The
// order matters, because browsers claim to be each other.
func device(agent string) string {
	system, browser := "未知系统", "未知浏览器"
	for _, s := range []struct{ mark, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"HarmonyOS", "鸿蒙"}, {"Android", "安卓"}, {"Windows", "Windows"},
		{"Mac OS", "Mac"}, {"Linux", "Linux"},
	} {
		if strings.Contains(agent, s.mark) {
			system = s.name
			break
		}
	}
	for _, b := range []struct{ mark, name string }{
		{"MicroMessenger", "微信"}, {"Edg", "Edge"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	} {
		if strings.Contains(agent, b.mark) {
			browser = b.name
			break
		}
	}
	return browser + "（" + system + "）"
}
