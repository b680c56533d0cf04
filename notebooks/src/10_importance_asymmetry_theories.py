# %% [markdown] lang="zh"
# # 什么最要紧，为什么？
#
# **90 分钟** · 适用：研究、论文 · 必修
#
# 驱动因素总是结伴而行：商品好的店，种类往往也多。功劳该怎么分？做差了扣的分和做好了加的分一样多吗？
# 顾客拿什么来比，哪一种理论说得通？这一课把三个问题当作**可以检验的问题**，最后讲清它们证明不了什么。
#
# **学完这一课，你能够**
#
# - **分摊**两个相关因素的功劳（练习 10.1）
# - **判断**哪些重要性经不起检验（练习 10.2）
# - **区分**惩罚与奖励（练习 10.3）
# - **比较**相互竞争的理论（练习 10.4）
# - **分析**自己的数据（练习 10.5）
#
# ## 准备

# %% [markdown] lang="en"
# # What matters most, and why?
#
# **90 minutes** · tracks: research (研究), thesis (论文) · required
#
# Drivers travel together: a shop with good goods tends to have a wide choice. Who gets the credit? Does doing badly
# cost as much as doing well earns? What do customers compare with, and which theory holds? This lesson treats all three
# as questions that **data can answer**, and ends with what they cannot prove.
#
# **You will be able to**
#
# - **share out** the credit of two drivers that correlate (exercise 10.1)
# - **judge** whose importance does not stand a test (exercise 10.2)
# - **tell** penalties from rewards (exercise 10.3)
# - **set** theories against each other (exercise 10.4)
# - **analyse** data of your own (exercise 10.5)
#
# ## Set-up

# %%
from dataclasses import replace

import numpy as np
import pandas as pd

import csi

csi.use_language("en")
say = csi.language.pick
pd.set_option("display.float_format", "{:.3f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# `drivers` 是一家生鲜配送平台的模拟调查，分两期，有新顾客和老顾客。常说左右满意的是产品质量、服务质量、价格公道、
# 购买经历和品牌形象；这里问了其中八项，都是 1-10 分。数据里埋着真相：谁真管用、谁只是同行，最后可以对答案。

# %% [markdown] lang="en"
# ## The data
#
# `drivers` is a simulated survey of a grocery delivery service: two waves, new and regular customers. Quality of the
# product, quality of service, fair price, the experience of buying and the image of the brand are what people name as
# factors of satisfaction; here are eight items of that kind, rated 1-10. A truth is planted in the data: what has an
# effect, and what only travels along.

# %%
drivers = csi.load_sample("drivers")
short = {"en": "goods, choice, punctual, polite, price, app, extras, tracking",
         "zh": "商品质量, 商品种类, 配送准时, 礼貌, 价格, 下单, 小惊喜, 进度跟踪"}  # fmt: skip
D = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]
names = dict(zip(D, say(short).split(", "), strict=True))
pd.DataFrame({"name": names, "question": {d: say(drivers.codebook.items[d].text) for d in D}})

# %%
csi.plot_ratings(drivers, [*D, "overall"])

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 五位顾客，两个驱动因素（driver）几乎同进退。各自单独能解释多少，一起又能解释多少？

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five customers, two drivers (驱动因素) that move nearly together. How much does each explain alone, and both together?

# %%
five = pd.DataFrame({"goods": [2, 4, 5, 7, 8], "choice": [3, 3, 6, 6, 8], "overall": [3, 4, 6, 6, 9]})


def explain(frame, causes, outcome="overall"):
    x = np.column_stack([np.ones(len(frame)), frame[causes]])
    rest = frame[outcome] - x @ np.linalg.lstsq(x, frame[outcome], rcond=None)[0]
    return 1 - rest.var() / frame[outcome].var()


alone = {cause: explain(five, [cause]) for cause in ["goods", "choice"]}
pd.Series(alone | {"sum of both": sum(alone.values()), "together": explain(five, ["goods", "choice"])}).to_frame("R2")

# %% [markdown] lang="zh"
# 各自都“解释”了九成上下，加起来超过百分之百，显然重复计算。重叠的那一块归谁？**先进场的拿走**。
#
# ## 手工算一遍
#
# 公平的办法是把所有进场顺序都走一遍，取平均，这就是 LMG 分解（即 Shapley 值）。两个因素只有两种顺序：
#
# $$LMG_A = \frac{1}{2}\left[R^2_A + (R^2_{AB} - R^2_B)\right]$$
#
# 用真数据，取“商品质量”与“商品种类”：

# %% [markdown] lang="en"
# Each explains most of it, and the sum exceeds one: what they share is counted twice. To whom does it belong? **Whoever
# enters first takes it.**
#
# ## By hand
#
# The fair way: go through all orders of entering and average. This is LMG (LMG 分解), also known as the Shapley value.
# Two drivers have two orders:
#
# $$LMG_A = \frac{1}{2}\left[R^2_A + (R^2_{AB} - R^2_B)\right]$$
#
# In the data, for goods and choice:

# %%
pair = ["product", "assortment"]
rows = drivers.answers[[*pair, "overall"]].dropna()
both = explain(rows, pair)
orders = pd.DataFrame({
    "enters first": {d: explain(rows, [d]) for d in pair},
    "enters last": {d: both - explain(rows, [other]) for d, other in zip(pair, pair[::-1], strict=True)},
})  # fmt: skip
by_hand = orders.mean(axis=1)
orders.assign(lmg=by_hand)

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.fit_importance` 给出同样的数，并附误差；八个因素的所有顺序，它都算在内：

# %% [markdown] lang="en"
# ## With csi
#
# `csi.fit_importance` gives the same, with errors; with eight drivers it averages over all of the many orders:

# %%
two = csi.fit_importance(drivers, "overall", pair)
assert np.allclose(two.tidy("importance")["estimate"], by_hand[two.tidy("importance")["term"]])
lmg = csi.fit_importance(drivers, "overall", D)
assert np.isclose(lmg.tidy("importance")["estimate"].sum(), float(lmg.value("r2", table="r2")))  # the parts add up
csi.plot_estimates(lmg, "importance", labels=names)

# %% [markdown] lang="zh"
# ## 读懂结果
#
# ### 区间离 0 远，不等于有作用
#
# 单位是 R² 的份额，八份之和正是总的 R²。名次没有标准误，有的是**名次区间**（rank set）：数据分不开的名次。

# %% [markdown] lang="en"
# ## Read it
#
# ### An interval away from 0 is no test
#
# The unit is shares of R²; the eight parts add up to it. A rank has no standard error but a **rank set** (名次区间):
# all ranks that the data cannot tell apart.

# %%
table = lmg.tidy("importance").set_index("term")[["estimate", "lower", "upper", "p_value"]]
ranks = lmg.tidy("ranks").set_index("term")[["estimate", "lower", "upper"]].astype(int)
table.join(ranks.add_suffix("_rank")).rename(index=names)

# %% [markdown] lang="zh"
# 五项的名次区间都含第一名：**谁最要紧，这份数据分不清**，写“第一是商品质量”就过头了。
#
# 看“礼貌”：区间完全在 0 以上，可它的 p 值很大。LMG 永远不会小于 0，同行者也能分到一杯羹；有没有自己的作用，
# 要看回归系数的检验，即 `p_value` 一列。生成数据时，“礼貌”的作用正是零。
#
# 换几种算法：

# %% [markdown] lang="en"
# Five rank sets hold the first place: **the data cannot say what matters most**, and "goods come first" would say too
# much.
#
# Look at politeness: its interval lies above 0, and yet its p-value is large. LMG is never below 0, and whoever travels
# along gets a share. Whether a driver has an effect of its own is tested by its coefficient, in the column `p_value`.
# In these data the planted effect of politeness is nil.
#
# Other methods:

# %%
methods = ["lmg", "johnson", "beta_squared", "first", "last"]
found = {m: csi.fit_importance(drivers, "overall", D, method=m).tidy("importance") for m in methods}
side = pd.DataFrame({m: t.set_index("term")["estimate"] for m, t in found.items()})
pd.concat([side.rename(index=names), side.sum().to_frame("sum").T])

# %% [markdown] lang="zh"
# `johnson`（相对权重）与 `lmg` 几乎相同，算得更快。标准化系数平方（`beta_squared`）和 `last` 把重叠部分丢掉，
# “商品种类”吃亏；`first` 把重叠算了两遍，和超过 R²。
#
# 嘴上说的又如何？`hotel` 有期望题，常当陈述重要性用。`csi.compare_importance` 并排列出名次：

# %% [markdown] lang="en"
# `johnson` (relative weights, 相对权重) agrees with `lmg` and is quicker. Squared coefficients and `last` throw away
# what is shared, to the loss of choice; `first` counts it twice, and its sum exceeds R².
#
# And what customers say? `hotel` has expectations, often used as stated importance (陈述重要性).
# `csi.compare_importance` sets ranks side by side:

# %%
hotel = csi.load_sample("hotel")
P, E = ([letter + k for k in ("02", "05", "11", "14", "18")] for letter in "pe")
compared = csi.compare_importance(hotel, "overall", P, stated=E)
sets = compared.tidy("ranks").astype({"estimate": int, "lower": int, "upper": int})
sets["rank (set)"] = [f"{r.estimate} ({r.lower}-{r.upper})" for r in sets.itertuples()]
shown = sets.pivot(index="term", columns="kind", values="rank (set)")
dimension = [hotel.codebook.items[p].construct for p in shown.index]
shown[["stated", "correlation", "beta", "lmg"]].assign(dimension=dimension)

# %% [markdown] lang="zh"
# 问出来的名次很确定，推出来的都含糊，而且两者不一致：问的是**水平**，推的是**差异**。分歧要写进报告，不要挑顺眼的。
#
# ### 经历不同，要紧的也不同
#
# 个人的经历和价值观会改变什么要紧。用 `by=` 分开新老顾客：

# %% [markdown] lang="en"
# Stated ranks are sharp, derived ones vague, and they disagree: one asks for a **level**, the other uses
# **differences**. Report the disagreement; do not pick what pleases.
#
# ### What matters to whom
#
# Personal experience and values change what matters. New and regular customers apart, with `by=`:

# %%
parts = csi.fit_importance(drivers, "overall", D, by="segment")
changes = parts.tidy("group_differences").set_index("term")[["estimate", "lower", "upper", "p_value"]]
levels = parts.tidy("importance").pivot(index="term", columns="group", values="estimate")
levels.join(changes).loc[D].rename(index=names)

# %% [markdown] lang="zh"
# `estimate` 是两组之差。“下单”只对新顾客要紧，老顾客早已熟门熟路。合在一起算，就成了人人都有一点。
#
# ### 惩罚与奖励
#
# 直线假定升一分与降一分同价。**惩罚—奖励对比**（penalty-reward contrast）放开它：每项设两个虚拟变量，评得低的与
# 评得高的，都同中间的比。哪些算低、哪些算高没有公认标准，须事先定好：

# %% [markdown] lang="en"
# `estimate` is the difference of the two. Ordering matters to new customers only; regular ones know their way. Taken
# together, it seems to matter a little to all.
#
# ### Penalty and reward
#
# A straight line gives one point up the price of one point down. The **penalty-reward contrast** (惩罚—奖励对比) does
# not: two dummies per driver, for low and for high ratings, both against the middle. There is no standard cut between
# low and high; fix it beforehand:

# %%
asym = csi.fit_asymmetry(drivers, "overall", D, low=4, high=8)
words = {"penalty": say({"en": "penalty", "zh": "惩罚"}), "reward": say({"en": "reward", "zh": "奖励"})}
csi.plot_estimates(asym, "contrasts", labels=names | words)

# %% [markdown] lang="zh"
# “配送准时”不准时重罚，准时无赏；“小惊喜”有则喜，无也不恼。**影响非对称性**（impact asymmetry，IA）把两头合成一个数，
# 从 `-1`（只有惩罚）到 `1`（只有奖励）：
#
# $$IA = \frac{reward - |penalty|}{reward + |penalty|}$$
#
# 按它归类，同样要报**类别集合**（label set）：

# %% [markdown] lang="en"
# Late delivery is punished, punctual delivery earns nothing; extras delight, and nobody minds their absence. **Impact
# asymmetry** (影响非对称性, IA) puts both into one number, from `-1` (penalties only) to `1` (rewards only):
#
# $$IA = \frac{reward - |penalty|}{reward + |penalty|}$$
#
# Types follow from it, and come in **label sets** (类别集合):

# %%
labels = csi.list_labels(asym).set_index("term")["labels"].str.replace("|", " | ")
found = asym.tidy("asymmetry").set_index("term")[["estimate", "lower", "upper"]]
truth = {d: drivers.codebook.truth["drivers"][d]["impact_asymmetry"] for d in found.index}
found.assign(planted=truth).join(labels).rename(index=names)

# %% [markdown] lang="zh"
# 只有三项的类型确定，与埋下的真值（`planted`）相符；“礼貌”没有影响，也就没有非对称性。“价格”高低都扣分，
# 是**倒 U 形**，不该套用这一套：`csi.fit_drivers` 的 `curvature` 表才合适。
#
# | 本法 | Kano（第 07 课） | 赫茨伯格 |
# |---|---|---|
# | 不满因素、极端者 frustrator | 必备 | 保健因素 |
# | 混合 | 一元 | 两者之间 |
# | 满意因素、极端者 delighter | 魅力 | 激励因素 |
#
# “没有不满”不等于“满意”。竞争会把激励因素变成保健因素，看“进度跟踪”的两期：

# %% [markdown] lang="en"
# Three types are certain, and agree with the truth (`planted`). Politeness has no impact, hence no
# asymmetry. Price costs at both ends, an **inverted U** (倒 U 形), to which types do not apply: see `curvature` of
# `csi.fit_drivers`.
#
# | here | Kano (lesson 07) | Herzberg |
# |---|---|---|
# | dissatisfier, at the extreme frustrator | must-be | hygiene factor (保健因素) |
# | hybrid | one-dimensional | in between |
# | satisfier, at the extreme delighter | attractive | motivator (激励因素) |
#
# Not dissatisfied is not satisfied. Competition turns satisfiers into dissatisfiers. Tracking in two waves:

# %%
waves = csi.fit_asymmetry(drivers, "overall", D, low=4, high=8, by="wave")
change = waves.tidy("asymmetry_changes").assign(group="2 - 1")
columns = ["group", "estimate", "lower", "upper", "p_value"]
pd.concat([waves.tidy("asymmetry"), change]).query("term == 'tracking'")[columns]

# %% [markdown] lang="zh"
# 第一期是惊喜，第二期成了理所当然：两期之差的区间离 0 很远。
#
# ### 几种理论，一场比赛
#
# `expectations` 问了扫地机器人的买家，使用前后都有。各家理论各占一个模型：
#
# | 理论 | 满意取决于 |
# |---|---|
# | 期望—实绩（Oliver 1980） | 期望、不一致 |
# | 消费经历比较（规范） | 实绩减规范：最好、一般、本品牌 |
# | 感知的价值差异 | 实绩减所欲 |
# | 需要；公平 | 满足需要；付出是否值得 |
# | 扩展模型（Oliver） | 再加归因、公平与情感 |
#
# 满意的三个成分——总体印象、比较结果、归因——都在扩展模型里。

# %% [markdown] lang="en"
# A surprise in wave one, a matter of course in wave two: the change lies far from 0.
#
# ### Theories in contest
#
# `expectations` asked buyers of a robot cleaner before and after use. Each theory becomes a model:
#
# | theory | satisfaction depends on |
# |---|---|
# | expectation and disconfirmation (期望—实绩, Oliver 1980) | expectation, better or worse than expected |
# | experience norms (消费经历比较) | performance less a norm: best, average, this brand |
# | value-percept disparity (价值差异) | performance less what is desired |
# | needs; equity (公平) | needs met; fair for what was paid |
# | extended (Oliver) | also attribution, equity and affect |
#
# The extended model holds all three parts of satisfaction: impression, comparison, attribution.

# %%
buyers = csi.load_sample("expectations")
asked = {"expectation": "expectation", "performance": "performance", "desired": "desired", "needs": "needs"}
norms = {"best": "norm_best", "average": "norm_average", "brand": "norm_brand"}
contest = csi.fit_expectations(
    buyers, "satisfaction", **asked, norms=norms, disconfirmation="disconfirmation", equity="equity",
    attribution=["maker_controls", "will_stay"], affect=["pleased", "annoyed"],
)  # fmt: skip
fitted = contest.tidy("models").set_index("model")["estimate"].rename("r2")
criteria = contest.tidy("information").pivot(index="model", columns="kind", values="estimate")[["aic", "bic"]]
outside = contest.tidy("cross_validation").query("kind == 'explained'").set_index("model")["estimate"]
pd.concat([fitted, criteria, outside.rename("cross-validated")], axis=1).sort_values("bic")

# %%
short = {"en": "expectation and disconfirmation, performance alone, performance - expectation, "
               "performance - best brand, performance - average, performance - this brand, performance - desired, "
               "needs met, equity, extended, surface with expectation, surface with desired",
         "zh": "期望与不一致, 只看实绩, 实绩减期望, 实绩减最好品牌, 实绩减一般水平, 实绩减本品牌, 实绩减所欲, "
               "满足需要, 公平, 扩展模型, 期望的曲面, 所欲的曲面"}  # fmt: skip
models = dict(zip(fitted.index, say(short).split(", "), strict=True))
csi.plot_estimates(contest, "cross_validation", where={"kind": "explained"}, order="value", labels=models)

# %% [markdown] lang="zh"
# 扩展模型的 R² 最高，因为它变量最多；R² 从不惩罚贪心。**信息准则**（AIC、BIC，越小越好）扣除变量数，
# **交叉验证**（cross-validation）看没用来拟合的顾客：两者都选期望与不一致，多出来的归因和情感没有添东西。
#
# ### 差异分数的陷阱
#
# “实绩减期望”暗中假定两者系数相等、符号相反、没有弯曲。**多项式回归**放开它，再检验这些假定：

# %% [markdown] lang="en"
# The extended model has the largest R², having most variables. **Information criteria** (信息准则; AIC, BIC, smaller is
# better) charge for variables, **cross-validation** (交叉验证) predicts customers that were not used: both choose
# expectation and disconfirmation. Causes and feelings add nothing here.
#
# ### The trap of difference scores
#
# "Performance less expectation" assumes equal coefficients of opposite sign and no curvature. **Polynomial regression**
# (多项式回归) lets them be free, and tests the assumptions:

# %%
tests = contest.tidy("constraints").pivot(index="model", columns="kind", values="p_value")
slopes = contest.tidy("model_coefficients").query("model == 'surface_of_expectation'").set_index("term")
tests

# %%
slopes[["estimate", "lower", "upper", "p_value"]]

# %% [markdown] lang="zh"
# 没有弯曲，但“系数相反”被拒绝：实绩有作用，期望几乎没有，相减反而添了噪声。为什么？期望抬高满意（同化），又经由不一致
# 压低它（对比），两条路恰好相抵。直接问“与预期相比如何”，才看得见这两条路。
#
# ### 归因与情感
#
# 同样的失误，顾客归给谁，心情就不同。下表用于给投诉文本编码：

# %% [markdown] lang="en"
# There is no curvature, but "opposite slopes" is rejected: performance counts, expectation hardly does, and the
# difference adds noise. Why? Expectation lifts satisfaction (assimilation, 同化) and lowers it through disconfirmation
# (contrast, 对比); the two paths cancel. Only the direct question "compared with what you expected" shows both.
#
# ### Attribution and emotion
#
# The same failure feels different by who is held to be the cause (attribution, 归因). A table for coding complaints:

# %%
csi.list_attribution_emotions()

# %% [markdown] lang="zh"
# 服务退不了货，不满的顾客只有几条路：
#
# | 出路 | 企业看得见吗 |
# |---|---|
# | 忍了 | 看不见，满意度悄悄掉 |
# | 离开（exit） | 流失之后才看见 |
# | 投诉（voice） | 看得见，还能补救 |
# | 打官司、找媒体 | 看得见，太晚了 |
#
# 认为企业“本可避免”的，多去投诉、打官司；认为“总会这样”的，多半离开。
#
# ### 改了会怎样
#
# `csi.simulate_improvement` 移动均值，给出预期指数；`costs` 是花费，单位自定：

# %% [markdown] lang="en"
# A service cannot be returned. An unhappy customer has few ways:
#
# | way | does the firm see it? |
# |---|---|
# | endure (忍) | no; satisfaction sinks quietly |
# | leave (exit, 离开) | after the loss |
# | complain (voice, 投诉) | yes, and can recover |
# | sue, go public | yes, too late |
#
# Those who think that the firm could have helped it complain or sue; those who expect it to go on leave.
#
# ### What an improvement would bring
#
# `csi.simulate_improvement` moves means and gives the index expected; `costs` are in any unit:

# %%
moves = {"delivery": 1, "courtesy": 1, "extras": 1}
plan = csi.simulate_improvement(drivers, "overall", D, moves=moves, costs={"delivery": 4, "courtesy": 1, "extras": 2})
pd.concat([plan.tidy("improvement"), plan.tidy("moves").assign(kind="move"), plan.tidy("cost_benefit").assign(
    kind="per unit of cost")])[["kind", "term", "estimate", "lower", "upper"]].fillna("")  # fmt: skip

# %%
robust = plan.tidy("robustness").pivot(index="term", columns="kind", values="estimate")
robust.loc[D, ["partial_r2", "robustness_value", "robustness_significant"]].rename(index=names)

# %% [markdown] lang="zh"
# 单位是指数分。**稳健值**（robustness value）问：要有多强的未测原因，才能把斜率抹成零？驱动因素与结果的剩余变异，
# 它须各解释这么大一份（`robustness_significant` 只要求抹到不显著）。“小惊喜”经得起，“礼貌”一碰就倒。
#
# 还要和前面对照：直线说准时每升一分都有回报，惩罚—奖励说从中间往上几乎没有。
#
# ### 都证明不了什么
#
# 信任是满意的结果，还是原因？用 `mobile` 两个方向各回归一次：

# %% [markdown] lang="en"
# The unit is index points. The **robustness value** (稳健值) asks how strong a cause that nobody measured would have to
# be to wipe the slope out: it must explain that share of what is left, of driver and outcome alike
# (`robustness_significant`: to make it insignificant). Extras withstand, politeness falls at a touch.
#
# Compare with above: the line promises a return for every point of punctuality; penalty and reward say that above the
# middle there is hardly any.
#
# ### What none of it proves
#
# Is trust an outcome of satisfaction, or its cause? Both ways, with `mobile`:

# %%
mobile = csi.load_sample("mobile")
ends = [("image_trust", "sat_overall"), ("sat_overall", "image_trust")]
ways = dict(zip(["trust from satisfaction", "satisfaction from trust"], ends, strict=True))
fits = {way: csi.fit_drivers(mobile, outcome, [driver]) for way, (outcome, driver) in ways.items()}
pd.DataFrame({way: {"slope": fit.value(pair[1], "unstandardized"), "r2": fit.value("r2", table="fit")}
              for (way, fit), pair in zip(fits.items(), ways.values(), strict=True)}).T.astype(float)  # fmt: skip

# %% [markdown] lang="zh"
# 两个方向的 R² 完全相同：**一次横截面调查选不出方向**。AIC 比的是同一结果变量的模型，
# 也选不出。方向要靠时间先后、实验或理论。
#
# ## 查一查
#
# 故意动一动问卷：把“配送准时”换个说法再问一遍。顾客没变，重要性会变吗？

# %% [markdown] lang="en"
# R² is the same both ways: **one cross-section cannot choose a direction**. Nor can AIC, which compares models of one
# outcome. It takes time order, an experiment or theory.
#
# ## Check it
#
# Change the questionnaire on purpose: ask about punctuality twice, in other words. Customers did not change. Do
# importances?

# %%
rng = np.random.default_rng(10)
twice = drivers.answers.assign(again=(drivers.answers["delivery"] + rng.integers(-1, 2, len(drivers))).clip(1, 10))
items = {**drivers.codebook.items, "again": replace(drivers.codebook.items["delivery"], name="again")}
longer = csi.Survey.from_frame(twice, replace(drivers.codebook, items=items), name="asked twice")
apart = csi.fit_importance(longer, "overall", [*D, "again"]).tidy("importance").set_index("term")["estimate"]
joint = csi.fit_importance(longer, "overall", {d: [d] for d in D} | {"delivery": ["delivery", "again"]})
joint = joint.tidy("importance").set_index("term")["estimate"]
shown = pd.DataFrame({"asked once": table["estimate"], "asked twice": apart, "one player": joint})
shown.loc[[*D, "again"]].rename(index=names)

# %% [markdown] lang="zh"
# 题多问一遍，“准时”的重要性就被分走一截，名次跟着掉。LMG 公平对待的是**题目**，不是道理。补救：意思相近的题合成一个，
# 写成 `{"delivery": ["delivery", "again"]}`，或先做因子分析（第 05 课）。
#
# ## 练习
#
# **10.1 重做** 只用 `delivery` 和 `courtesy` 两个因素解释 `overall`：`courtesy` 的 LMG 是多少（R² 的份额，0 到 1）？

# %% [markdown] lang="en"
# Asked twice, punctuality loses a good part of its importance, and its rank. LMG is fair to **items**, not to ideas.
# The remedy: items of one meaning become one player, `{"delivery": ["delivery", "again"]}`, or one factor (lesson 05).
#
# ## Exercises
#
# **10.1 Repeat** With `delivery` and `courtesy` as the only drivers of `overall`: what is the LMG of `courtesy` (share
# of R², 0 to 1)?

# %%
answer = ...
csi.course.check("10.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
rows = drivers.answers[["delivery", "courtesy", "overall"]].dropna()
last = explain(rows, ["delivery", "courtesy"]) - explain(rows, ["delivery"])
csi.course.check("10.1", (explain(rows, ["courtesy"]) + last) / 2)

# %% [markdown] lang="zh"
# **10.2 变一变** 只看老顾客（`segment` 为 `regular`），八个因素都放进去。LMG 全都大于 0；哪些因素在 95% 置信水平上
# **没有**得到回归系数检验的支持？提交列名。

# %% [markdown] lang="en"
# **10.2 Vary** Regular customers only (`segment` is `regular`), all eight drivers. Every LMG is above 0; which drivers
# does the test of the coefficients **not** confirm at 95%? Hand in the names of their columns.

# %%
answer = ...
csi.course.check("10.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
weak = parts.tidy("importance").query("group == 'regular' and p_value > 0.05")
csi.course.check("10.2", weak["term"].tolist())

# %% [markdown] lang="zh"
# **10.3 变一变** 同样的分界（`low=4, high=8`），八个因素，只看第二期：`delivery` 的影响非对称性 IA 是多少？

# %% [markdown] lang="en"
# **10.3 Vary** The same cuts (`low=4, high=8`), all eight drivers, wave 1 left out: what is the impact asymmetry IA of
# `delivery` in the second wave?

# %%
answer = ...
csi.course.check("10.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("10.3", waves.value("2", "delivery", table="asymmetry"))

# %% [markdown] lang="zh"
# **10.4 变一变** 另一家的买家由程序抽签：满意只按**一种**理论生成。用 `draw_buyers(seed=6)` 的数据跑一场比赛，
# BIC 选中哪个模型？提交模型名（`model` 一列）。

# %% [markdown] lang="en"
# **10.4 Vary** For the buyers of another firm a lot decided: satisfaction follows **one** theory. Hold a contest on
# `draw_buyers(seed=6)`. Which model does BIC choose? Hand in its name (column `model`).

# %%
theories = ["performance", "expectation_difference", "value_percept_disparity", "needs_congruence", "equity"]


def draw_buyers(seed, n=500):
    rng = np.random.default_rng(seed)
    cause = rng.choice(theories)  # the lot
    x = pd.DataFrame(rng.normal(7, 1.3, (n, 5)).round().clip(1, 10), columns=[*asked, "equity"])
    less = {"expectation_difference": x["expectation"], "value_percept_disparity": x["desired"]}.get(cause, 0)
    y = x[{"needs_congruence": "needs", "equity": "equity"}.get(cause, "performance")] - less
    x["satisfaction"] = (6 + 0.6 * (y - y.mean()) + rng.normal(0, 1, n)).round().clip(1, 10)
    book = csi.Codebook({name: buyers.codebook.items[name] for name in x})
    return csi.Survey.from_frame(x, book, name="other buyers")


# %%
answer = ...
csi.course.check("10.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
result = csi.fit_expectations(draw_buyers(seed=6), "satisfaction", **asked, equity="equity")
bic = result.tidy("information").query("kind == 'bic'").set_index("model")["estimate"]
csi.course.check("10.4", bic.idxmin())

# %% [markdown] lang="zh"
# **10.5 用自己的数据** 选三项以上的评分题和一道总体题，提交 `csi.fit_importance` 的结果。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **10.5 Your own data** Take three or more rated items and an overall one, and hand in the result of
# `csi.fit_importance`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("10.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
new = csi.Survey.from_frame(drivers.answers.query("segment == 'new'"), drivers.codebook, name="new customers")
csi.course.check("10.5", csi.fit_importance(new, "overall", D))

# %% [markdown] lang="zh"
# ## 要点
#
# - 因素相关时，功劳按所有顺序平均（LMG）；名次要报名次区间。
# - 重要性的区间离 0 远不是检验；作用要看系数。
# - 做差的惩罚与做好的奖励分开估计；类型报类别集合。
# - 理论是可以比赛的模型：看信息准则和交叉验证，不看 R²；慎用差异分数。
# - 模拟改进附上稳健值；方向和因果，一次调查证明不了。
#
# ## 参考文献

# %% [markdown] lang="en"
# ## Key points
#
# - Where drivers correlate, average over all orders (LMG), and give ranks as rank sets.
# - An interval of importance away from 0 is no test; the coefficient tells.
# - Estimate penalties and rewards apart, and give types as label sets.
# - Theories are models in a contest: judge by information criteria and cross-validation, not by R²; beware of
#   difference scores.
# - Simulated improvements come with a robustness value; one survey proves neither direction nor cause.
#
# ## References

# %%
print(lmg.cite(), asym.cite(), contest.cite(), plan.cite(), sep="\n\n")
