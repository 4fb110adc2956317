"""Invented names, amounts and wishes, drawn with a fixed seed."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰萍红建国志文斌飞鹏辉玲梅林波宁健云峰欣怡佳宇浩然"
    "子涵晨曦雨桐思远若兰海燕春雪晓东立新世昌德胜永康安然乐天家豪梓萱一鸣诗雅俊凯"
)
WISHES = (
    "向一线医护人员致敬！",
    "江州加油！",
    "一点心意，请给最需要的人。",
    "愿山河无恙，人间皆安。",
    "大家一起扛过去。",
    "请给医生护士买口罩。",
    "全班同学的零花钱。",
    "在外地的江州人，盼家乡平安。",
    "辛苦了！",
    "老党员一点心意。",
)
COMPANIES = (
    "江州云帆纺织有限公司",
    "江南远山建材有限公司",
    "江州晨星食品有限公司",
    "江南同舟物流有限公司",
    "江州百草医药有限公司",
    "江州蓝湖科技有限公司",
    "江南启明置业有限公司",
    "江州禾丰农业合作社",
    "江州一中校友会",
    "江南外国语学校家长委员会",
    "江州汽车商会",
    "江州餐饮行业协会",
)
_AMOUNTS = (
    (1_00, 3),
    (5_20, 2),
    (10_00, 10),
    (20_00, 14),
    (50_00, 18),
    (66_00, 5),
    (88_88, 4),
    (100_00, 24),
    (166_00, 2),
    (200_00, 13),
    (300_00, 5),
    (500_00, 11),
    (666_00, 2),
    (1000_00, 9),
    (2000_00, 4),
    (5000_00, 2),
    (10000_00, 1),
)


def person_name(dice: Random) -> str:
    """A plausible name of nobody in particular."""
    given = dice.choice(GIVEN) + (dice.choice(GIVEN) if dice.random() < 0.7 else "")
    return dice.choice(SURNAMES) + given


def amount(dice: Random) -> int:
    """What people give: round sums, lucky numbers, many small and few large."""
    values, weights = zip(*_AMOUNTS, strict=True)
    return int(dice.choices(values, weights)[0])


def company_amount(dice: Random) -> int:
    """What firms give."""
    return dice.choice((20_000_00, 30_000_00, 50_000_00, 66_000_00, 100_000_00, 200_000_00))


def phone(dice: Random) -> str:
    """A number that looks like one."""
    return f"1300000{dice.randrange(10_000):04d}"
