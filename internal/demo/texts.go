package demo

import "civilaffairs/internal/organization"

// words are what organizations of one category write about themselves. Uses are
// one each for hardware, service and capacity, the lawful uses of policy 三（三）3.
type words struct {
	introduction string
	scope        string
	activities   [3]string
	uses         [3]string
	purpose      string
}

var vocabulary = map[organization.Category]words{
	organization.Welfare: {
		"为社区里的老人、残疾人和困难家庭提供结对陪伴、代办和互助服务，骨干都是住在本社区的居民。",
		"助老助残、家庭互助、探访陪伴",
		[3]string{"独居老人结对探访", "康复辅具使用讲座", "重阳节互助茶话会"},
		[3]string{"轮椅、助行器和血压计", "上门探访交通和保险", "照护技能培训两期"},
		"服务对象从 20 户增加到 40 户，每户每月至少探访两次，形成可以传给下一批志愿者的服务手册。",
	},
	organization.Charity: {
		"由社区居民自愿组成，定期开展环境清洁、邻里帮扶和便民志愿活动。",
		"志愿服务、环境保护、邻里帮扶",
		[3]string{"河道清洁日", "便民义诊和义修", "反诈宣传进厂区"},
		[3]string{"工具、马甲和急救包", "义工保险和饮水", "志愿者骨干培训一期"},
		"每月固定开展两次活动，登记义工达到 60 人，让居民叫得出队伍的名字。",
	},
	organization.SocialServices: {
		"面向社区家庭开展亲子、邻里和便民服务，在党群服务中心有固定的活动时间。",
		"家庭服务、邻里互助、便民服务",
		[3]string{"周末亲子阅读会", "邻里百家宴", "四点半课堂开放日"},
		[3]string{"书架、桌椅和投影仪", "活动物料和讲师", "社工督导和团队培训"},
		"每周开放四个时段，服务家庭 80 户，建立家长轮值制度。",
	},
	organization.CultureSport: {
		"喜欢同一门爱好的居民组成，平时排练切磋，节日里为社区演出和教学。",
		"文化体育活动、非遗传承、公益教学",
		[3]string{"社区公益课第一期", "中秋邻里展演", "小学生体验日"},
		[3]string{"音响、器材和道具", "公益课场地和讲师", "骨干进修"},
		"开公益课八期，每期 20 人以上，培养能带班的骨干 5 人。",
	},
	organization.SciTech: {
		"由工程师和教师居民发起，做科学普及和实用技术的公益活动。",
		"科学普及、技术服务、青少年科技活动",
		[3]string{"周末科学小实验", "手机防诈骗小课堂", "小小工程师开放日"},
		[3]string{"实验器材和展板", "材料包和讲师", "讲解员培训"},
		"办 12 场小实验，参加 300 人次，编一本居民看得懂的实验手册。",
	},
	organization.Rights: {
		"为社区居民和来深务工人员提供法律咨询、调解和维权指引。",
		"法律咨询、纠纷调解、权益保护",
		[3]string{"劳动合同咨询日", "反家暴法律讲座", "以案说法进工厂"},
		[3]string{"咨询室桌椅和打印机", "律师值班交通", "调解员培训"},
		"每周值班两次，全年接待 200 人次，能当场答复的不让居民跑第二趟。",
	},
}
