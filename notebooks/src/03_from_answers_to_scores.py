# %% [markdown] lang="zh"
# # “满意率百分之九十九”，这个数信得过吗？
#
# **75 分钟** · 适用：窗口、质量 · 必修
#
# 同一批答卷，可以报满意率、满意度得分、CSAT、净推荐值，也可以报好评率，数字各不相同，谁都没有算错。
# 这一课把每个数的分母、单位和误差说清楚，再看看好评率是怎样被“默认好评”顶上去的。
#
# **学完这一课，你能够**
#
# - **计算**满意率，并说清“不知道”算在哪里（练习 03.1）
# - **比较**两家的净推荐值，差值带上误差（练习 03.2）
# - **换算**不同算法的百分制得分（练习 03.3）
# - **识别**靠默认评价撑起来的好评率（练习 03.4）
# - **报告**自己数据的满意率（练习 03.5）
#
# ## 准备

# %% [markdown] lang="en"
# # Ninety-nine per cent are satisfied: can that be believed?
#
# **75 minutes** · tracks: front office (窗口), quality (质量) · required
#
# The same answers can be reported as a satisfaction rate, a mean score, CSAT, a net promoter score or a good rate, and
# all differ. This lesson gives each its denominator, unit and error, and shows how ratings that nobody gave push a rate
# to its ceiling.
#
# **You will be able to**
#
# - **compute** a satisfaction rate and say where "don't know" went (exercise 03.1)
# - **compare** two net promoter scores, with the error of the difference (exercise 03.2)
# - **convert** points of one kind into points of another (exercise 03.3)
# - **recognise** a good rate made by default ratings (exercise 03.4)
# - **report** the satisfaction rate of your own data (exercise 03.5)
#
# ## Set-up

# %%
from statistics import NormalDist

import numpy as np
import pandas as pd

import csi

csi.use_language("en")
pd.set_option("display.float_format", "{:.3f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# 两份模拟数据：`service_hall` 是某政务服务大厅十二个窗口半年的办件，一行一件，五级评价，就是“好差评”；
# `mobile` 是四家移动运营商的顾客调查。编码簿（codebook）写明每一级叫什么：

# %% [markdown] lang="en"
# ## The data
#
# Two simulated sets. `service_hall`: half a year of cases at twelve windows of a public service hall, one row per case,
# rated on five levels (好差评, "good or bad rating"). `mobile`: customers of four mobile operators. The codebook
# (编码簿) names the levels:

# %%
hall = csi.load_sample("service_hall")
mobile = csi.load_sample("mobile")
levels = hall.codebook.items["rating"].scale.labels
counts = hall.answers["rating"].value_counts(dropna=False).sort_index(ascending=False)
names = [csi.language.pick(levels.get(one, {"en": "not rated", "zh": "未评价"})) for one in counts.index]
pd.DataFrame({"level": names, "cases": counts})

# %%
csi.plot_ratings(mobile, ["sat_overall", "loyal_recommend", "complaint_handling"])

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 五位顾客，满分 `5`，`4` 分以上算满意。三位打了分，一位说“不知道”，一位根本没问到。满意率是多少？

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five customers, best rating `5`, satisfied from `4`. Three rated, one said "don't know", one was never asked. What is
# the satisfaction rate?

# %%
five = pd.DataFrame({"rating": [5, 4, 2, np.nan, np.nan], "why": ["", "", "", "don't know", "not asked"]})
satisfied = (five["rating"] >= 4).sum()
below = {"answered": five["rating"].notna().sum(), "asked": (five["why"] != "not asked").sum(), "everybody": len(five)}
rates = pd.Series({name: satisfied / n for name, n in below.items()}, name="rate").to_frame()
rates.loc["mean score (0-100)"] = 100 * (five["rating"].mean() - 1) / (5 - 1)
rates

# %% [markdown] lang="zh"
# 分子相同，三个分母，三个满意率（satisfaction rate）。没问到的人绝不能进分母；“不知道”可以不计，也可以算作不满意，
# 但要写明，各期一致。
#
# 再看最后一行：那是满意度得分（score）。满意率问“有多少人满意”，得分问“满意到几分”：
#
# $$\text{满意率} = \frac{\text{打到满意各级的人数}}{\text{计入分母的人数}}, \qquad
#   \text{得分} = 100\,\frac{\text{均值}-\text{下限}}{\text{上限}-\text{下限}}$$

# %% [markdown] lang="en"
# One numerator, three denominators, three satisfaction rates (顾客满意率). Who was not asked never belongs below the
# line; "don't know" may be left out or counted as not satisfied, but say which, and keep to it.
#
# The last row is another thing, a score (满意度得分). A rate asks how many are satisfied, a score how satisfied:
#
# $$\text{rate} = \frac{\text{respondents on the satisfied levels}}{\text{respondents who count}}, \qquad
#   \text{score} = 100\,\frac{\text{mean}-\text{lower end}}{\text{upper end}-\text{lower end}}$$

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 大厅的好评率接近百分之百。教科书的公式（Wald 区间）在这里失灵：全是好评时，误差算出来是 0；
# 差一件时，上限超过百分之百。威尔逊区间（Wilson interval）反过来问：哪些真值与这次的结果不矛盾？
#
# $$\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$

# %% [markdown] lang="en"
# ## By hand
#
# Good rates in the hall are close to one. There the textbook interval (Wald) breaks down: with all ratings good its
# error is 0, with one bad rating it passes 100 per cent. Wilson's interval (威尔逊区间) asks the other way round: which
# true rates do not contradict what was seen?
#
# $$\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$

# %%
z = NormalDist().inv_cdf(0.975)
rated = hall.answers.dropna(subset="rating")
table = (rated["rating"] >= 3).groupby(rated["window"]).agg(["sum", "size"]).loc[["W01", "W04", "W10"]]
x, n = table["sum"], table["size"]
p = x / n
half = z * np.sqrt(p * (1 - p) / n)
wide = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
by_hand = pd.DataFrame({"good": x, "rated": n, "rate": p, "naive low": p - half, "naive high": p + half})
by_hand["Wilson low"] = (p + z**2 / (2 * n) - wide) / (1 + z**2 / n)
by_hand["Wilson high"] = (p + z**2 / (2 * n) + wide) / (1 + z**2 / n)
by_hand

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `score_rate` 的 `satisfied=3` 表示三级及以上都算。区间与手算一致；有抽样设计时，人数换成等效样本量。

# %% [markdown] lang="en"
# ## With csi
#
# `satisfied=3` of `score_rate` means that level and all better ones. The intervals equal ours; where a sample has a
# design, the effective sample size takes the place of the number of people.

# %%
windows = csi.score_rate(hall, "rating", satisfied=3, by="window")
three = windows.tidy().set_index("group").loc[["W01", "W04", "W10"]]
assert np.allclose(three["estimate"], by_hand["rate"])
assert np.allclose(three[["lower", "upper"]], by_hand[["Wilson low", "Wilson high"]], atol=1e-4)
csi.plot_estimates(windows)

# %% [markdown] lang="zh"
# 十二条区间几乎全叠在一起，先记住这张图。
#
# ### “不知道”放在哪里
#
# `mobile` 有抽样权数、层和群，编码簿里写过，自动用上。同一题，两种口径：

# %% [markdown] lang="en"
# Twelve intervals lie almost on top of each other; keep this picture in mind.
#
# ### Where "don't know" goes
#
# `mobile` has survey weights, strata and clusters; the codebook names them and they are used. One item, two rules:

# %%
rows = {}
for rule in ("exclude", "count_as_not_satisfied"):
    one = csi.score_rate(mobile, "sat_ideal", satisfied=8, missing=rule)
    rows[rule] = one.tidy().iloc[0]
print(*one.notes, sep="\n")
pd.DataFrame(rows).T[["estimate", "lower", "upper", "n"]]

# %% [markdown] lang="zh"
# 这里差别不大，因为没答的人少。换一道一半顾客都“没体验过”的题，就能差出一倍，所以 csi 把比例写进说明。
#
# ### 高分占比与 CSAT
#
# 高分占比（top box）只数最好的几级；网店、点评网站的星级评价两头多、中间少，高分和低分要一起报。
# CSAT 通常指五级量表的最高两级。十级量表没有公认的取法，
# csi 要你自己写 `boxes=`，因为取两级还是三级，差别很大：

# %% [markdown] lang="en"
# Little changes here, since few gave no rating. On an item that half of the customers never experienced the two can
# differ by a factor of two, so csi puts the share into its notes.
#
# ### Top box and CSAT
#
# Top box (高分占比) counts the best levels only; star ratings and online reviews crowd at both ends, so report the
# bottom box too. CSAT usually means the best two of five. Ten points have no usual boxes, so csi wants `boxes=`; two or
# three is no small matter:

# %%
one = csi.score_csat(hall, "rating").tidy().assign(boxes=2)
two = [csi.score_csat(mobile, "sat_overall", boxes=boxes).tidy().assign(boxes=boxes) for boxes in (2, 3)]
print(csi.score_top_box(mobile, "sat_overall", boxes=2).tidy()[["kind", "estimate", "lower", "upper"]])
pd.concat([one, *two])[["item", "boxes", "estimate", "lower", "upper", "n"]]

# %% [markdown] lang="zh"
# ### 客户费力度
#
# 客户费力度（customer effort score，CES）在办完一件事之后马上问：“办这件事容易吗？”惯用 `1-7`。
# 也有人反着问“费了多大力气”，那就是反向题（reverse item），写进编码簿，两种问法才可比：

# %% [markdown] lang="en"
# ### Customer effort
#
# The customer effort score (客户费力度, CES) is asked right after a contact, usually on `1-7`: "was it easy?" Some ask
# "how much effort did it take?"; that is a reverse item (反向题). Say so in the codebook, and the two compare:

# %%
book = csi.Codebook.from_yaml("""
scales: {seven: {lo: 1, hi: 7}}
items: {easy: {scale: seven}, effort: {scale: seven, reversed: true}}
""")
asked = {"easy": [7, 6, 6, 5, 3, 2, 7, 6], "effort": [1, 2, 2, 3, 6, 6, 1, 3]}
effort = csi.score_ces(csi.Survey.from_frame(asked, book), ["easy", "effort"])
pd.concat([effort.tidy(), effort.tidy("easy")], keys=["mean rating", "share easy"])

# %% [markdown] lang="zh"
# ### 净推荐值
#
# 净推荐值（net promoter score，NPS）问 `0-10` 的推荐意愿：`9-10` 是推荐者（promoter），`7-8` 被动者（passive），
# `0-6` 贬损者（detractor）。推荐者比例减贬损者比例，写成整数，不带百分号。先看构成，再看分值：

# %% [markdown] lang="en"
# ### Net promoter score
#
# The net promoter score (净推荐值, NPS) asks on `0-10` whether people would recommend: `9-10` are promoters (推荐者),
# `7-8` passives (被动者), `0-6` detractors (贬损者). Share of promoters minus share of detractors, as whole points
# without a percent sign. Shares first, then the score:

# %%
nps = csi.score_nps(mobile, "recommend", by="operator")
csi.plot_nps(nps)

# %% [markdown] lang="zh"
# 同一个分值可以由很不同的顾客构成：爱憎分明，或人人无感。它的误差也大。
# 所以谁高谁低，要看**差值**的误差。各家共用一批访问员，两个标准误不能简单平方相加，`compare_nps` 知道它们的协方差：

# %% [markdown] lang="en"
# The same score can come from love and hate or from indifference, and its error is large. Who is
# ahead is a question for the error of the **difference**. The operators share interviewers, so two squared errors must
# not simply be added; `compare_nps` knows their covariance:

# %%
gaps = csi.compare_nps(mobile, "recommend", by="operator")
table = gaps.tidy()
alone = nps.tidy().set_index("group")["std_error"]
table["as if independent"] = np.hypot(table["group"].map(alone), table["other_group"].map(alone))
table[["group", "other_group", "estimate", "std_error", "as if independent", "lower", "upper", "p_value"]]

# %% [markdown] lang="zh"
# ### 换成百分制：两种算法不可混用
#
# 英国的 UKCSI 用平均分乘以十，即最高分百分比（percent of maximum）：`1-10` 的量表上，最差也有十分。
# 最小—最大法（min-max）先减下限，最差是 0。公布的 `76.8` 分，按另一种算法是多少？

# %% [markdown] lang="en"
# ### Points: two kinds that never mix
#
# The British UKCSI multiplies the mean by ten: percent of the maximum (最高分百分比). On `1-10` even the worst answer
# then earns ten points. Min-max (最小—最大法) subtracts the lower end first, and the worst is 0. A published `76.8`, in
# the other kind?

# %%
rating = csi.derive_points([76.8], (1, 10), method="rating", given="percent_of_max")
points = csi.derive_points([76.8], (1, 10), given="percent_of_max")
print(rating.round(2), points.round(2))
both = {kind: csi.score_mean(mobile, "sat_overall", method=kind, by="operator").tidy().set_index("group")["estimate"]
        for kind in ("min_max", "percent_of_max")}  # fmt: skip
pd.DataFrame(both)

# %% [markdown] lang="zh"
# 名次不变，差距却变小了，与别人的分一比就会出错。csi 的结果总在说明里写着是哪一种。
#
# ### 复合指数与断点
#
# 韩国 KCSI 是复合指数：总体满意、要素满意、重复购买意愿各取高分占比，再加权。权重改过一次。
# 同样的回答，新旧两种权重各得多少？

# %% [markdown] lang="en"
# The order stays, the distances shrink, and held against somebody else's points the wrong kind misleads. Notes of a
# result always say which kind it is.
#
# ### A composite with a break
#
# The Korean KCSI is a composite: shares of high ratings on overall satisfaction, elements and repurchase, weighted.
# The weights were changed once. The same answers, by the old weights and the new:

# %%
high = {"overall": 120, "elements": 110, "again": 100}  # of 200 respondents, ratings 6 or 7 of 7
kcsi = csi.Codebook.from_yaml("""
scales: {seven: {lo: 1, hi: 7}}
items: {overall: {scale: seven}, elements: {scale: seven}, again: {scale: seven}}
""")
typed = csi.Survey.from_frame({name: [7] * top + [4] * (200 - top) for name, top in high.items()}, kcsi)
parts = {"overall": "overall", "elements": ["elements"], "repurchase": "again"}
korea = csi.score_composite(typed, "KCSI", parts)
jump = korea.contrast({"current": 1, "earlier": -1}, table="versions")
print(jump)
korea.tidy("versions")

# %% [markdown] lang="zh"
# 一个顾客都没变，指数变了。改权重的那一期，新旧两套都要报，序列从此断开。
#
# ### 好差评
#
# 国家标准定了好评率、主动评价好评率、未评率、回访整改率等名称；主动评价率和全部公式为 csi 自定，并已注明。
# 有些窗口，七天不评就由系统**默认好评**。

# %% [markdown] lang="en"
# Not one customer changed, the index did. In the wave in which weights change, report both; the series breaks there.
#
# ### Ratings of public services (好差评)
#
# National standards fix names: good rate (好评率), good rate among active ratings (主动评价好评率), unrated rate,
# rectification rate and so on; participation (主动评价率) and all formulas are csi's own and say so. At some windows
# the system **fills in a rating** (默认评价) when nobody rates for seven days.

# %%
service = csi.score_public_service(hall)
service

# %%
by_window = csi.score_public_service(hall, by="window")
csi.plot_estimates(by_window, "rates", where={"term": "participation"}, order="value")

# %% [markdown] lang="zh"
# 有两个窗口，十件里主动评价的不过一件左右，其余都是系统填的最高一级。填哪一级由各地规定，换一条规定，分值就变：

# %% [markdown] lang="en"
# At two windows about one case in ten is rated by a person; the system gave the others its best level. Which
# level is filled in is a local rule. Other rule, other points:

# %%
rules = service.tidy("unrated_rules").pivot(index="kind", columns="term", values="estimate")
rules.loc[["recorded", "active", "as_neutral", "as_satisfied", "as_very_satisfied"]]

# %% [markdown] lang="zh"
# ## 读懂结果
#
# 比率是 `0` 到 `1` 的占比，读时带上分母；得分是 0-100 的分；净推荐值是分，可以为负。
#
# ### 目标“满意度达到 90%”
#
# 许多制度写着这句话，却没写是满意率还是满意度得分。先各算一遍，再检验是否**超过**目标。
# `200` 人中 `186` 人满意，超过 90% 了吗？

# %% [markdown] lang="en"
# ## Read it
#
# A rate is a share from `0` to `1`, read with its denominator; a score is points, 0-100; an NPS is points and may be
# negative.
#
# ### The target "satisfaction of 90%"
#
# Many a regulation says so, and not whether it means a rate or a score. Compute both, then test whether the target is
# **exceeded**. And `186` satisfied of `200`: is that more than 90%?

# %%
rate = csi.compare_target(csi.score_rate(mobile, "sat_overall", satisfied=6, by="operator"), 0.9)
score = csi.compare_target(csi.score_mean(mobile, "sat_overall", by="operator"), 90)
print(csi.compare_target((186, 200), 0.9).check()["meaning"].iloc[0])
sides = {"rate - 0.9": rate, "score - 90": score}
tables = {name: one.tidy().set_index("group")[["estimate", "lower", "p_value"]] for name, one in sides.items()}
pd.concat(tables, axis=1)

# %% [markdown] lang="zh"
# 同一批顾客：按满意率，有一家达标；按得分，全都差得远。点估计过了线不算，单侧区间的下限也要过线。
#
# ### 关键指标表
#
# 顾客说的（满意、推荐意愿、重复购买意愿）与顾客做的（投诉、退货、重复购买、流失）放在一张表上，互相印证：

# %% [markdown] lang="en"
# The same customers: by the rate one operator reaches the target, by the score none is near. An estimate above the line
# is not enough, the lower limit has to be above it.
#
# ### Key figures
#
# What customers say (satisfied, would recommend, would buy again) stands beside what they do (complain, return, buy
# again, leave); each checks the other:

# %%
kpi = csi.score_kpi(mobile, satisfaction="sat_overall", satisfied=8, recommend="recommend",
                    repurchase="loyal_repurchase", complaint="complained")  # fmt: skip
print(kpi.tidy("linked")[["term", "kind", "estimate", "lower", "upper"]])
kpi.tidy()

# %% [markdown] lang="zh"
# 不满意的顾客投诉多得多，但多数不满意的顾客从不投诉：投诉率低，不等于满意。
#
# ## 查一查
#
# 故意弄坏一条假定：大样本才成立的 Wald 区间，用在真值 `0.99`、每窗口一百件评价上。
# 重复几万次，区间有几成盖住真值？

# %% [markdown] lang="en"
# Dissatisfied customers complain far more, and still most of them never do: few complaints do not mean satisfaction.
#
# ## Check it
#
# One assumption broken on purpose: the Wald interval needs large samples; use it on a true rate of `0.99` and a hundred
# ratings. Over many repetitions, how often does it hold the truth?

# %%
truth, ratings = 0.99, 100
p = np.random.default_rng(3).binomial(ratings, truth, 50_000) / ratings
half = z * np.sqrt(p * (1 - p) / ratings)
wide = z * np.sqrt(p * (1 - p) / ratings + z**2 / (4 * ratings**2))
middle, divisor = p + z**2 / (2 * ratings), 1 + z**2 / ratings
naive = (p - half <= truth) & (truth <= p + half)
wilson = ((middle - wide) / divisor <= truth) & (truth <= (middle + wide) / divisor)
pd.Series({"naive": naive.mean(), "Wilson": wilson.mean()}).to_frame("held the truth")

# %% [markdown] lang="zh"
# 声称 95% 的区间，实际差得远；威尔逊区间近得多。
#
# 最后回到排名。把十二个窗口两两相比，用 Newcombe 的方法由两个威尔逊区间得出差值的区间，
# 能分出高低的有多少对？（零差评窗口的线性化误差为 0，所以这里不用它。）

# %% [markdown] lang="en"
# An interval that claims 95% is far from it; Wilson's comes much closer.
#
# Back to the ranking. Compare the twelve windows two by two; Newcombe's method makes the interval of a difference from
# two Wilson intervals. How many pairs can be told apart? (A window without a bad rating has a linearised error of 0,
# so we do not use that here.)

# %%
active = hall.keep((hall.answers["defaulted"] == 0).to_numpy())
best = csi.score_rate(active, "rating", satisfied=[5], by="window").tidy().set_index("group")
rates = by_window.tidy("rates").set_index("group")
tables = {term: rates.query("term == @term") for term in ("good_rate", "active_good_rate")}
tables["active, best level"] = best
apart = {}
for name, t in tables.items():
    e, lo, hi = (t[column].to_numpy()[:, None] for column in ("estimate", "lower", "upper"))
    low = e - e.T - np.sqrt((e - lo) ** 2 + (hi - e).T ** 2)
    apart[name] = int((low > 0).sum())
pairs = len(best) * (len(best) - 1) // 2
pd.DataFrame({"pairs apart": apart, "of": pairs})

# %%
truth = pd.DataFrame(hall.codebook.truth["window"]).T["good_rate_if_all_rated"].astype(float)
compared = pd.DataFrame({
    "good rate": tables["good_rate"]["estimate"],
    "active": tables["active_good_rate"]["estimate"],
    "truth: if all had rated": truth,
})  # fmt: skip
compared.assign(rank=compared["good rate"].rank(ascending=False).astype(int)).sort_values("truth: if all had rated")

# %% [markdown] lang="zh"
# 好评率触了顶，几乎分不出高低；默认评价还让最差的两个窗口混进中游。
# 只看主动评价，真相露了出来；改看最高一级的占比，能分开的窗口多得多。主动评价的人少，仍要防着沉默者另有看法。
#
# **排不出名次的，就不要排**。写“十二个窗口中，两个明显偏低，其余无法区分”，比一张榜更负责任。

# %% [markdown] lang="en"
# The good rate sits at its ceiling and separates almost nobody, and default ratings let the two worst windows pass for
# average. Among active ratings the truth shows; the share of the best level separates far more. Where few rate, those
# who keep silent may still think otherwise.
#
# **What cannot be ranked should not be ranked.** "Of twelve windows two are clearly lower, the others cannot be told
# apart" is a better report than a league table.

# %% [markdown] lang="zh"
# ## 练习
#
# **03.1 重做** `mobile`：抱怨处理（complaint_handling）的满意率，`8` 分及以上算满意，问到而没打分的一律算不满意。
# 填 0 到 1 之间的数，三位小数。

# %% [markdown] lang="en"
# ## Exercises
#
# **03.1 Repeat** In `mobile`: the satisfaction rate of complaint_handling, `8` and better count as satisfied, and
# whoever was asked and gave no rating counts as not satisfied. A share between 0 and 1, three decimals.

# %%
answer = ...
csi.course.check("03.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
handling = csi.score_rate(mobile, "complaint_handling", satisfied=8, missing="count_as_not_satisfied")
csi.course.check("03.1", handling.value("complaint_handling"))

# %% [markdown] lang="zh"
# **03.2 变一变** 珊瑚通信（Coral）的净推荐值减去沙丘通信（Dune）的，差多少分？连同标准误一起提交。

# %% [markdown] lang="en"
# **03.2 Vary** The net promoter score of Coral minus that of Dune, in points, with its standard error.

# %%
answer = ...
csi.course.check("03.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("03.2", nps.contrast({("Coral", "recommend"): 1, ("Dune", "recommend"): -1}))

# %% [markdown] lang="zh"
# **03.3 变一变** 同行的报告写着“满意度 `82` 分”，脚注说：五级量表 `1-5`，均值除以 `5` 再乘 `100`。
# 你的单位用最小—最大法。换成你的算法，同行是多少分？

# %% [markdown] lang="en"
# **03.3 Vary** A competitor's report says "satisfaction: `82` points"; the footnote: scale `1-5`, mean divided by `5`,
# times `100`. Your company uses min-max. How many points is that in your kind?

# %%
answer = ...
csi.course.check("03.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("03.3", csi.derive_points([82], (1, 5), given="percent_of_max"))

# %% [markdown] lang="zh"
# **03.4 变一变** `service_hall` 中，哪些窗口的好评率是靠默认评价撑起来的，主动评价者并不那么满意？填窗口代号。

# %% [markdown] lang="en"
# **03.4 Vary** In `service_hall`, which windows owe their good rate to default ratings, while those who rate are much
# less content? Give the codes.

# %%
answer = ...
csi.course.check("03.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
gap = tables["good_rate"]["estimate"] - tables["active_good_rate"]["estimate"]
csi.course.check("03.4", gap.index[gap > 0.05])

# %% [markdown] lang="zh"
# **03.5 用自己的数据** 读入你的答卷，定好哪几级算满意、“不知道”怎么计，提交 `csi.score_rate` 的结果。
# 没有数据，就取大厅的网上办件，当作自己的调查。

# %% [markdown] lang="en"
# **03.5 Your own data** Read your answers, decide which levels are satisfied and what happens to "don't know", and hand
# in the result of `csi.score_rate`. No data? Take the online cases of the hall as if they were yours.

# %%
answer = ...
csi.course.check("03.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
online = hall.answers.query("channel == 'online'")
own = csi.Survey.from_frame(online, hall.codebook, name="online")
csi.course.check("03.5", csi.score_rate(own, "rating", satisfied=4))

# %% [markdown] lang="zh"
# ## 要点
#
# - 满意率先问分母，得分先问算法；两者不能互相代替。
# - 靠近百分之百的比率用威尔逊区间；“零差评”不等于零误差。
# - 净推荐值看差值的误差；改权重、改算法都会使序列断开。
# - 好评率先看主动评价率，再看主动评价好评率；触顶的指标排不了名。
#
# ## 参考文献

# %% [markdown] lang="en"
# ## Key points
#
# - Of a rate ask for the denominator, of a score for the kind of points; neither replaces the other.
# - Near 100 per cent use Wilson's interval; no bad rating does not mean no error.
# - Of an NPS look at the error of the difference; new weights or another kind of points break a series.
# - Of good rates read participation first, then the active good rate; a number at its ceiling ranks nobody.
#
# ## References

# %%
print(windows.cite(), nps.cite(), service.cite(), sep="\n")
