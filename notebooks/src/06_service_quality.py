# %% [markdown] lang="zh"
# # 服务好不好，差在哪里？
#
# **75 分钟** · 适用：窗口、质量、论文 · 必修
#
# 桌子合不合格，量一量就知道；服务好不好，量不出来，要问顾客。可是只问“好不好”，又不知道该改哪里。
# 这一课用 SERVQUAL 把期望与感知逐项相减，找出差在哪一维、哪一步，也看清“相减”这个办法的短处。
#
# **学完这一课，你能够**
#
# - **计算**一个维度的差距，反向题先转向（练习 06.1）
# - **加权**，让顾客自己说哪一维重要（练习 06.2）
# - **评估**差距得分的信度（练习 06.3）
# - **找出**旅程中的关键时刻（练习 06.4）
# - **诊断**自己的服务（练习 06.5）
#
# ## 准备

# %% [markdown] lang="en"
# # How good is a service, and where does it fall short?
#
# **75 minutes** · tracks: front office (窗口), quality (质量), thesis (论文) · required
#
# Whether a table meets its standard is measured with a ruler. Whether a service is good has to be asked, and "good?"
# alone does not say what to mend. SERVQUAL takes perceived minus expected, item by item, to find the dimension and the
# step that lag. Taking differences has a price, too.
#
# **You will be able to**
#
# - **compute** the gap of a dimension, reversed items turned round (exercise 06.1)
# - **weight** the dimensions as customers do (exercise 06.2)
# - **assess** how reliable a difference score is (exercise 06.3)
# - **find** the moment of truth of a journey (exercise 06.4)
# - **diagnose** a service of your own (exercise 06.5)
#
# ## Set-up

# %%
import numpy as np
import pandas as pd

import csi

csi.use_language("en")
pd.set_option("display.float_format", "{:.3f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# `hotel` 是模拟的酒店宾客问卷，真值已知。同样的二十二件事问两遍：`e` 问好酒店应当怎样（期望），`p` 问这家怎样（感知），
# 各属 SERVQUAL 五个维度之一。另有五个环节的评分和总体满意 `overall`。

# %% [markdown] lang="en"
# ## The data
#
# `hotel` is a simulated survey of guests, the truth known. Twenty-two things are asked twice: `e` what a good hotel
# should be like (期望), `p` what this one was like (感知). Each belongs to one of the five dimensions of SERVQUAL.
# Guests also rated five steps of their stay, and the stay as a whole, `overall`.

# %%
hotel = csi.load_sample("hotel")
book = hotel.codebook.items
expected, perceived = [[f"{letter}{number:02d}" for number in range(1, 23)] for letter in "ep"]
owner = pd.Series({item: book[item].construct for item in perceived})
dimensions = list(owner.unique())
zh = dict(zip(dimensions, ["有形性", "可靠性", "响应性", "保证性", "移情性"], strict=True))
names = {one: csi.language.pick({"en": one, "zh": zh[one]}) for one in dimensions}
rows = [(names[one], (owner == one).sum(), csi.language.pick(book[(owner == one).idxmax()].text)) for one in dimensions]
pd.DataFrame(rows, columns=["dimension", "items", "first item"])

# %%
csi.plot_ratings(hotel, ["e16", "p16", "e10", "p10"])

# %% [markdown] lang="zh"
# 期望大多挤在高分一端。后一对是反向题（没有人告诉我何时能办妥），数字大反而不好，期望便挤在低分一端。
#
# ## 五行数据看懂思路
#
# 五位宾客，两件事：`16` 员工有礼貌；`10` 没有人告知何时办妥（反向）。七分制的反向题用 `8` 减去评分来转向，再相减：

# %% [markdown] lang="en"
# Expectations crowd at the good end. The second pair is reversed (nobody told me when it would be done): a high number
# is bad, and expectations crowd at the low end.
#
# ## The idea on five rows
#
# Five guests, two things: `16` polite staff, `10` nobody said when (reversed). On seven points a reversed rating is
# turned round by `8` minus it; then subtract:

# %%
five = pd.DataFrame({"e16": [6, 7, 6, 5, 7], "p16": [6, 5, 4, 6, 6], "e10": [2, 1, 2, 3, 1], "p10": [3, 4, 2, 2, 5]})
five["gap 16"] = five["p16"] - five["e16"]
five["gap 10"] = (8 - five["p10"]) - (8 - five["e10"])
five["as asked"] = five["p10"] - five["e10"]
pd.concat([five, five.mean().to_frame("mean").T])

# %% [markdown] lang="zh"
# 差距（gap）＝感知－期望，为负就是没有达到。最后一列忘了转向，缺点变成了优点。
#
# ### 产品质量与服务质量
#
# | | 产品质量 | 服务质量 |
# |---|---|---|
# | 以什么为准 | 标准：国标、行标、企标 | 顾客的感知 |
# | 谁说了算 | 检验员 | 顾客 |
# | 出了问题 | 可以退换 | 退不了，忍受或投诉 |
# | 怎么测 | 合格率 | 问卷、差距 |
#
# 二者可以背道而驰：达标率一样，感受不一样。下面让程序模拟一批入住登记，规定十分钟内办好：

# %% [markdown] lang="en"
# The gap (差距) is perception minus expectation; negative means short of what was expected. The last column forgot to
# turn the item round, and a fault became a merit.
#
# ### Product quality and service quality
#
# | | product (产品质量) | service (服务质量) |
# |---|---|---|
# | held against | a standard | what customers perceive |
# | who decides | the inspector | the customer |
# | when it fails | goods can be returned | endure it, or complain |
# | measured by | conformance rate (合格率) | questionnaires, gaps |
#
# They can part ways. Here check-ins are simulated; the standard says ten minutes:

# %%
rng = np.random.default_rng(4)
desk = pd.DataFrame({"guest": rng.choice(["business", "leisure"], 600), "minutes": rng.gamma(6, 1.1, 600)})
hoped = desk["guest"].map({"business": 4, "leisure": 8})  # minutes that guests think normal
desk["within the standard"] = desk["minutes"] <= 10
desk["rating"] = (5.5 - 0.4 * (desk["minutes"] - hoped) + rng.normal(0, 0.8, 600)).round().clip(1, 7)
desk.groupby("guest").mean()

# %% [markdown] lang="zh"
# 达标率几乎一样，评分差得远。标准管得住过程，管不住期望。
#
# ### 得到什么，怎样得到
#
# **技术性质量**（technical quality）是结果：房间、设施、账单对不对。**功能性质量**（functional quality）是过程：
# 态度、速度、体贴。好服务的标准，教材列在最前面的两条正好各管一头：
#
# | 标准 | 属于 |
# |---|---|
# | 规范化和技能化 | 技术性 |
# | 态度和行为 | 功能性 |
# | 可接近与灵活 | 功能性 |
# | 可靠与可信 | 功能性 |
# | 补救 | 功能性 |
# | 名声与信用 | 形象 |

# %% [markdown] lang="en"
# The standard is kept alike, the ratings are far apart: standards govern the process, not what people hope for.
#
# ### What one gets and how
#
# **Technical quality** (技术性质量) is the outcome: room, equipment, a correct bill. **Functional quality**
# (功能性质量) is the way: manners, speed, care. Textbooks list criteria of good service, the first two one of each
# kind:
#
# | criterion | kind |
# |---|---|
# | professionalism and skills (规范化和技能化) | technical |
# | attitudes and behaviour (态度和行为) | functional |
# | access and flexibility | functional |
# | reliability and trust | functional |
# | recovery | functional |
# | reputation and credibility | image |

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 先把反向题转向，再逐项相减，每一对只用两题都答了的人，最后在维度内平均。
#
# $$\text{差距} = \frac{1}{k}\sum_{j=1}^{k}\left(\bar P_j - \bar E_j\right)$$

# %% [markdown] lang="en"
# ## By hand
#
# Turn reversed items round, subtract pair by pair among those who answered both, and average within the dimension.
#
# $$\text{gap} = \frac{1}{k}\sum_{j=1}^{k}\left(\bar P_j - \bar E_j\right)$$

# %%
ratings = hotel.answers[expected + perceived].copy()
turn = [item for item in ratings if book[item].reversed]
ratings[turn] = 8 - ratings[turn]
gaps = pd.DataFrame({p: ratings[p] - ratings[e] for e, p in zip(expected, perceived, strict=True)})
by_hand = gaps.mean().groupby(owner, sort=False).mean()
by_hand.to_frame("gap")

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.score_servqual` 按编码簿转向、归维度；`points` 是请宾客按重要程度分配的一百分：

# %% [markdown] lang="en"
# ## With csi
#
# `csi.score_servqual` takes directions and dimensions from the codebook; `points` are the hundred points that guests
# shared out by importance:

# %%
points = {one: f"points_{one.lower()}" for one in dimensions}
quality = csi.score_servqual(hotel, expected, perceived, points=points)
gap = quality.tidy().query("kind == 'gap'").set_index("construct")
assert np.allclose(gap["estimate"], by_hand[gap.index])
gap[["estimate", "std_error", "lower", "upper", "n"]]

# %%
csi.plot_gaps(quality, labels=names)

# %% [markdown] lang="zh"
# 左边空心是期望，实心是感知；右边是差距和它的区间，单位是量表的点。五个维度都没有达到，可靠性差得最多，
# 而它恰恰是期望最高的。细到题目，差得最多的五件事：

# %% [markdown] lang="en"
# Hollow is expectation, filled perception; on the right the gap with its interval, in points of the scale. All five
# dimensions fall short, reliability by most, and most is expected of it. Item by item, the five largest shortfalls:

# %%
worst = quality.tidy("item_gaps").query("kind == 'gap'").nsmallest(5, "estimate").set_index("item")
worst["wording"] = [csi.language.pick(book[item].text) for item in worst.index]
worst[["estimate", "lower", "upper", "wording"]]

# %% [markdown] lang="zh"
# ### 哪一维更重要？
#
# 五维平均，等于说五维同样重要。宾客分配的分数才是他们的看法：

# %% [markdown] lang="en"
# ### Which dimension matters more?
#
# A plain mean of the five says that all matter alike. Their points say what guests think:

# %%
csi.plot_estimates(quality, "dimension_weights", target=0.2, labels=names)

# %%
quality.tidy("overall_gap").query("kind == 'gap'")[["term", "estimate", "lower", "upper", "n"]]

# %% [markdown] lang="zh"
# 加权以后差距更大：宾客最看重的，正是这家酒店最差的。`weighted_individual` 让每位宾客用自己的分数。
# 不同的宾客看重不同的事，差距也不同：

# %% [markdown] lang="en"
# Weighted, the gap is wider: the hotel is worst where guests care most. `weighted_individual` gives every guest his
# own points. Kinds of guests differ, in what they care about and in their gaps:

# %%
kinds = csi.score_servqual(hotel, expected, perceived, points=points, by="guest_type")
kinds.tidy().query("kind == 'gap'").pivot(index="construct", columns="group", values="estimate").loc[dimensions]

# %%
kinds.contrast({("business", "Responsiveness", "gap"): 1, ("leisure", "Responsiveness", "gap"): -1})

# %% [markdown] lang="zh"
# ## 读懂结果
#
# ### 差距从哪里来：五差距模型
#
# 顾客看到的是差距五，根子在企业内部的四个差距，要到内部去量：
#
# | 差距 | 谁与谁 | 怎么量 |
# |---|---|---|
# | 一 | 管理者以为的期望与顾客的期望 | 用同样的期望题问管理者 |
# | 二 | 服务规范与管理者的认识 | 核查规范 |
# | 三 | 服务传递与规范 | 神秘顾客、记录 |
# | 四 | 传递与对外承诺 | 核查宣传 |
# | 五 | 感知与期望 | 本次问卷 |

# %% [markdown] lang="en"
# ## Read it
#
# ### Where gaps come from: the model of five gaps
#
# What customers see is gap five. Its roots are four gaps (五差距) inside the firm, to be measured there:
#
# | gap | between | measured by |
# |---|---|---|
# | one | what managers think and what customers expect | the same items, asked of managers |
# | two | standards and what managers think | a review of standards |
# | three | delivery and standards | mystery shoppers, records |
# | four | delivery and promises | a review of advertising |
# | five | perceived and expected | this survey |

# %%
managers = pd.Series([5.6, 5.9, 5.4, 6.0, 5.8])  # mean expectation that each of five managers guessed
wanted = float(quality.value("expectation", "unweighted", table="overall_gap"))
inside = {1: managers.mean() - wanted, 3: -0.4}  # 3: mystery shoppers, against the standard; 2 and 4 not measured
template = csi.score_servqual(hotel, expected, perceived, gaps=inside)
csi.plot_estimates(template, "five_gaps")

# %% [markdown] lang="zh"
# 管理者低估了期望；规范没有做到；差距二、四没有量，就空着，**别填零**。四个内部差距的数值并不能简单相加成差距五。
#
# ### 只看感知行不行？
#
# SERVPERF 主张只问感知，题少一半。哪一种更能说明总体满意？看相关：

# %% [markdown] lang="en"
# Managers expect less than guests do; standards are not kept; gaps two and four were not measured and stay open: **do
# not fill in zero**. The inner gaps do not simply add up to gap five.
#
# ### Would perceptions do?
#
# SERVPERF asks for perceptions alone, half the questions. Which goes better with overall satisfaction?

# %%
overall = hotel.answers["overall"]
felt = ratings[perceived].T.groupby(owner, sort=False).mean().T
pd.DataFrame({"perception": felt.corrwith(overall), "gap": quality.scores().corrwith(overall),
              "points": quality.tidy("dimension_weights").set_index("construct")["estimate"],
              "planted": hotel.codebook.truth["overall"]["drives"]})  # fmt: skip

# %% [markdown] lang="zh"
# 每一维都是感知的相关更高：减去期望，混进了噪声。
#
# ### 说重要的，与真起作用的
#
# 宾客给可靠性的分最多，与总体满意最相关的却是响应性，种下的真值（`planted`）也是它。嘴上说的（陈述重要性）与
# 数据显出的（推导重要性）是两回事。各维彼此相关，简单相关会互相沾光，所以次小的几维排不准；怎样分清功劳，见第 10 课。

# %% [markdown] lang="en"
# In every dimension the perception does better: subtracting expectations mixes in noise.
#
# ### What is said to matter and what does
#
# Guests give most points to reliability; responsiveness goes best with satisfaction, and was planted as the strongest
# cause. Stated (陈述重要性) and derived importance (推导重要性) are two things. The dimensions go together and share
# credit, so that simple correlations are all too large and blur the smaller ones: lesson 10 sorts that out.

# %%
halves = {"technical": perceived[:9], "functional": perceived[9:]}  # tangibles, reliability | the other three
sides = csi.score_servqual(hotel, expected, perceived, dimensions=halves)
labels = {"technical": csi.language.pick({"en": "technical", "zh": "技术性质量"}),
          "functional": csi.language.pick({"en": "functional", "zh": "功能性质量"})}  # fmt: skip
csi.plot_gaps(sides, labels=labels)

# %% [markdown] lang="zh"
# 按结果与过程合并，两边差得差不多，看不出毛病出在哪：分得太粗，高低互相抵消。第 05 课的因子分析也说，
# 这些题分成五个，不是两个。影响满意的还不止服务质量：
#
# | 教材列举的因素 | 在酒店 |
# |---|---|
# | 产品质量 | 床、热水 |
# | 服务质量 | 上面五维 |
# | 价格合理性 | 值不值 |
# | 购买体验 | 预订顺不顺 |
# | 品牌形象 | 口碑 |

# %% [markdown] lang="en"
# Joined into outcome and way, both sides fall short by much the same, and nobody sees where it hurts: too coarse, high
# and low cancel out. The factor analysis of lesson 05 found five, not two. And satisfaction hangs on more than
# service:
#
# | factor in textbooks | in a hotel |
# |---|---|
# | product quality (产品质量) | bed, hot water |
# | service quality (服务质量) | the five above |
# | fair price (价格合理性) | worth it? |
# | purchase (购买体验) | an easy booking |
# | brand image (品牌形象) | its name |

# %% [markdown] lang="zh"
# ### 关键时刻与客户旅程
#
# 顾客不按维度经历服务，而是一步一步走过来。每一个触点（touchpoint）都可能是**关键时刻**（MOT）：印象就在那时形成。
# 客户旅程图（customer journey map）把步骤排开，逐一打分。亚朵酒店用旅程图改进体验，是常举的例子，材料没有给出数字，
# 这里也不引用。`csi.score_journey` 只算用过的人：

# %% [markdown] lang="en"
# ### Moments of truth and the journey
#
# Customers live through a service step by step, not by dimension. Every touchpoint (触点) can be a **moment of truth**
# (关键时刻), when an impression is made. A customer journey map (客户旅程图) lays out the steps and scores each. The
# hotel chain Atour (亚朵) is often named for working with one; the sources give no figures, so neither do we.
# `csi.score_journey` counts those who used a step:

# %%
steps = ["arrival", "room", "breakfast", "front_desk", "checkout"]
zh = dict(zip(steps, ["到店入住", "客房", "早餐", "住店前台", "离店结账"], strict=True))
stages = {one: csi.language.pick({"en": one.replace("_", " "), "zh": zh[one]}) for one in steps}
journey = csi.score_journey(hotel, steps)
csi.plot_estimates(journey, "touchpoints", where={"term": "score"}, labels=stages)

# %%
wide = journey.tidy("touchpoints").pivot(index="item", columns="term", values="estimate")
wide.loc[steps, ["score", "reach", "drop_off", "indicator_weight"]].rename(index=stages)

# %% [markdown] lang="zh"
# `reach` 是用过的比例，`drop_off` 是上一步用了、这一步没用的比例，`indicator_weight` 按到达率计入旅程总分。
# 早餐得分最低；可是**得分低不等于要紧**，要看它与总体满意的关系，练习里自己来找。
#
# ## 查一查
#
# 期望和感知都有噪声，相减时噪声相加，共有的部分却减掉了。差距得分的信度：
#
# $$r_d = \frac{s_P^2 r_{PP} + s_E^2 r_{EE} - 2 r_{PE} s_P s_E}{s_P^2 + s_E^2 - 2 r_{PE} s_P s_E}$$
#
# 用两个标准差、两个 α 和一个相关，自己代一遍：

# %% [markdown] lang="en"
# `reach` is the share that used a step, `drop_off` the share that used the one before and not this, `indicator_weight`
# counts a step by its reach. Breakfast scores lowest; but **low is not important**: that hangs on how it goes with the
# whole, which is for you to find below.
#
# ## Check it
#
# Expectation and perception both hold noise. Subtracting adds up the noise and takes away what they share. The
# reliability of a difference:
#
# $$r_d = \frac{s_P^2 r_{PP} + s_E^2 r_{EE} - 2 r_{PE} s_P s_E}{s_P^2 + s_E^2 - 2 r_{PE} s_P s_E}$$


# %%
def reliability_of_gap(sp, se, rpp, ree, rpe):
    shared = 2 * rpe * sp * se
    return (sp**2 * rpp + se**2 * ree - shared) / (sp**2 + se**2 - shared)


part = quality.tidy("difference_reliability").pivot(index="construct", columns="term", values="estimate")
part = part.loc[dimensions]
parts = part[["sd_perception", "sd_expectation", "alpha_perception", "alpha_expectation", "correlation"]].to_numpy().T
assert np.allclose(reliability_of_gap(*parts), part["reliability"])
part[["alpha_perception", "alpha_expectation", "correlation", "reliability"]]

# %% [markdown] lang="zh"
# 差距的信度比感知的 α 低，不过都还过得去，因为这里期望与感知相关很弱。故意弄坏这一条：
# 换成一批习惯打高分或打低分的人，期望和感知同高同低，其余不变：

# %% [markdown] lang="en"
# Gaps are less reliable than perceptions, though good enough: here expectation and perception go together only a
# little. Break that on purpose. Suppose people who rate everything high, or everything low; nothing else changes:

# %%
sp, se, rpp, ree, _ = parts[:, dimensions.index("Responsiveness")]
together = pd.Series({r: reliability_of_gap(sp, se, rpp, ree, r) for r in (0.0, 0.2, 0.4, 0.6, 0.8)})
together.rename_axis("correlation of E and P").to_frame("reliability of the gap")

# %%
raw = hotel.answers
as_asked = pd.Series({p: (raw[p] - raw[e]).mean() for e, p in zip(expected, perceived, strict=True)})
pd.DataFrame({"as asked": as_asked.groupby(owner, sort=False).mean(), "turned round": by_hand})

# %% [markdown] lang="zh"
# 相关越高，差距得分越不可靠，到头来一位顾客的“差距”几乎全是噪声；多人的均值受影响小得多。
# 下面一张表再弄坏一条：反向题没有转向，响应性和移情性的差距变成了正的，最差的成了“超出期望”。
#
# ## 练习
#
# **06.1 重做** 移情性（`Empathy`，`18` 到 `22` 题）的差距是多少点？提交感知减期望。

# %% [markdown] lang="en"
# The more they go together, the less reliable the difference, until one customer's gap is mostly noise; means over
# many people suffer far less. The second table breaks another assumption: reversed items left as asked turn the gaps
# of responsiveness and empathy positive, and the worst becomes "better than expected".
#
# ## Exercises
#
# **06.1 Repeat** What is the gap of `Empathy` (items `18` to `22`), in points of the scale? Hand in perception minus
# expectation.

# %%
answer = ...
csi.course.check("06.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("06.1", quality.value("Empathy", "gap"))

# %% [markdown] lang="zh"
# **06.2 变一变** 只看商务客人（`business`），用商务客人自己的平均分数作权重：总差距是多少点？

# %% [markdown] lang="en"
# **06.2 Vary** Business guests (`business`) alone, weighted by the mean points of business guests: how large is the
# overall gap, in points of the scale?

# %%
answer = ...
csi.course.check("06.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("06.2", kinds.value("business", "gap", "points_weighted", table="overall_gap"))

# %% [markdown] lang="zh"
# **06.3 变一变** 可靠性（`Reliability`）这一维，假如期望与感知的相关是 `0.6`，标准差和 α 不变，差距得分的信度是多少？

# %% [markdown] lang="en"
# **06.3 Vary** Take the dimension `Reliability`. If expectation and perception correlated by `0.6`, standard
# deviations and alphas as they are, how reliable would the gap be?

# %%
answer = ...
csi.course.check("06.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
sp, se, rpp, ree, _ = parts[:, dimensions.index("Reliability")]
csi.course.check("06.3", reliability_of_gap(sp, se, rpp, ree, 0.6))

# %% [markdown] lang="zh"
# **06.4 变一变** 五个触点中，哪一个与总体满意的关系最密切（`outcome="overall"`，看 `importance`）？提交它的名称。

# %% [markdown] lang="en"
# **06.4 Vary** Which of the five touchpoints goes best with overall satisfaction (`outcome="overall"`, look at
# `importance`)? Hand in its name.

# %%
answer = ...
csi.course.check("06.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
matters = csi.score_journey(hotel, steps, outcome="overall").tidy("touchpoints").query("term == 'importance'")
csi.course.check("06.4", matters.set_index("item")["estimate"].idxmax())

# %% [markdown] lang="zh"
# **06.5 用自己的数据** 选几件事，各问一遍期望和感知，提交 `csi.score_servqual` 的结果。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **06.5 Your own data** Ask what is expected and what is perceived of a few things, and hand in the result of
# `csi.score_servqual`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("06.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
groups = hotel.answers.query("guest_type == 'group'")
own = csi.Survey.from_frame(groups, hotel.codebook, name="tour groups")
csi.course.check("06.5", csi.score_servqual(own, expected, perceived))

# %% [markdown] lang="zh"
# ## 要点
#
# - 产品质量看标准，服务质量看感知；达标不等于满意。
# - 差距＝感知－期望；反向题不转向，最差的会变成最好的。
# - 一维差多少、顾客看重多少、真起多大作用，是三个问题。
# - 差距得分的信度随期望与感知的相关下降；只问感知（SERVPERF）往往够用。
# - 内部的差距要到内部量，没量的就空着。
# - 旅程逐个触点打分：得分低的未必要紧，要紧的才是关键时刻。
#
# ## 参考文献
#
# 技术性与功能性质量、好服务的标准：Grönroos（1984，1988），按教材转述。

# %% [markdown] lang="en"
# ## Key points
#
# - Goods are held against a standard, services against perception; within the standard is not yet satisfied.
# - A gap is perception minus expectation; a reversed item left as asked turns the worst into the best.
# - How far a dimension lags, how much customers say it matters, and how much it does: three questions.
# - The more expectation and perception go together, the less reliable their difference; SERVPERF is often enough.
# - Inner gaps are measured inside; what was not measured stays open.
# - Score a journey step by step: low is not important, and only what matters is a moment of truth.
#
# ## References
#
# Technical and functional quality, criteria of good service: Grönroos (1984, 1988), as quoted in textbooks.

# %%
print(quality.cite(), journey.cite(), sep="\n")
