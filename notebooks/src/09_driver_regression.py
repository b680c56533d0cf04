# %% [markdown] lang="zh"
# # 什么在推动满意度？
#
# **75 分钟** · 适用：论文、质量 · 必修
#
# 第 08 课用相关系数推导重要性，可评分彼此相像，相关会互相借光。**回归**（regression）把各项放在一起，
# 问：其他项不变时，这一项高一分，满意度高多少？这一课也讲它答不了什么。
#
# **学完这一课，你能够**
#
# - **估计**驱动因素的系数（练习 09.1）
# - **诊断**多重共线性（练习 09.2）
# - **比较**两组顾客的系数（练习 09.3）
# - **发现**过低和过高都不好的项目（练习 09.4）
# - **分析**自己的数据（练习 09.5）
#
# ## 准备

# %% [markdown] lang="en"
# # What moves satisfaction?
#
# **75 minutes** · tracks: thesis (论文), quality (质量) · required
#
# Lesson 08 derived importance from correlations; but ratings resemble each other, and correlations borrow light.
# **Regression** (回归) puts all items together and asks: if this item were one point higher and the others the
# same, how much higher would satisfaction be? The lesson also says what it cannot answer.
#
# **You will be able to**
#
# - **estimate** coefficients of drivers (exercise 09.1)
# - **diagnose** collinearity (exercise 09.2)
# - **compare** coefficients of two groups (exercise 09.3)
# - **find** what harms when too low and when too high (exercise 09.4)
# - **analyse** data of your own (exercise 09.5)
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
# 主要用 `mobile`：七道质量题去解释总体满意 `sat_overall`。被解释的叫**结果变量**（outcome），
# 用来解释的叫**驱动因素**（drivers）。业内常说的因素有产品质量、服务质量、价格公道、购买体验、品牌形象。
# 反向题 `quality_wrong` 已转向。
# 后面还要请出一家生鲜配送平台 `drivers`，它的答案是按已知规律模拟的。

# %% [markdown] lang="en"
# ## The data
#
# Mostly `mobile`: seven items on quality explain overall satisfaction, `sat_overall`. What is explained is the
# **outcome** (结果变量), what explains it are the **drivers** (驱动因素). Those usually named are quality of
# product and service, fair price, the purchase, and the brand. The item `quality_wrong` is turned round. Later
# comes a grocery delivery service, `drivers`, simulated by rules that are known.

# %%
mobile = csi.load_sample("mobile")
Q = [item for item in mobile.items if item.startswith("quality_")]
short = {"en": "overall quality, fits needs, few faults, network, customer service, range, information",
         "zh": "总体质量, 合乎需要, 少出错, 网络, 客户服务, 产品种类, 信息清楚"}  # fmt: skip
names = dict(zip(Q, say(short).split(", "), strict=True))
pd.DataFrame({"name": names, "question": {q: say(mobile.codebook.items[q].text) for q in Q}})

# %%
csi.plot_ratings(mobile, ["sat_overall", *Q])

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 办事大厅里的五个人。驱动因素不必是评分，也可以是一个数，比如一件事要跑几趟（**跑腿次数**）。
# 先看单独一个因素：斜率等于协方差除以方差。再与“说明清不清楚”放在一起：

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five people in a service hall. A driver need not be a rating; it may be a number, such as the **visits per matter**
# (跑腿次数). First one driver alone: the slope is a covariance over a variance. Then together with how clear the
# instructions were:

# %%
five = pd.DataFrame({"visits": [1, 1, 2, 3, 4], "clear": [8, 6, 7, 3, 4], "satisfied": [9, 8, 7, 4, 3]})
cov = five.cov()
alone = cov["satisfied"] / np.diag(cov)
together = np.linalg.solve(cov.iloc[:2, :2], cov["satisfied"].iloc[:2])
pd.DataFrame({"alone": alone.iloc[:2], "together": pd.Series(together, index=five.columns[:2])})

# %% [markdown] lang="zh"
# 单独看，说明每清楚一分，满意度高出不少；放在一起，它的系数就缩水了：说明清楚的人，往往也跑得少，
# 功劳里有一部分是少跑腿的。跑一趟的系数是负的：**其他不变**，每多跑一趟，满意度低这么多分。
#
# 系数满足**正规方程**（normal equations），右边是各因素与结果的协方差，左边是因素之间的协方差矩阵：
#
# $$S_{xx}\, b = s_{xy}$$

# %% [markdown] lang="en"
# Alone, a point of clearness goes with a good deal of satisfaction; together, it shrinks. Who got clear
# instructions also came less often, and part of the credit belongs to that. The coefficient of visits is negative:
# **others held**, satisfaction falls by so many points with each further visit.
#
# The coefficients solve the **normal equations** (正规方程): on the right the covariances with the outcome, on the
# left those among the drivers:
#
# $$S_{xx}\, b = s_{xy}$$

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 换成十二行的 `tiny`：`q1`、`q2` 解释 `s2`。带截距的最小二乘（least squares）一行就够；
# **标准化系数**（standardised）再乘以两个标准差之比：

# %% [markdown] lang="en"
# ## By hand
#
# Now `tiny`, with twelve rows: `q1` and `q2` explain `s2`. Least squares (最小二乘) with an intercept is one line;
# the **standardised** (标准化) coefficient is multiplied by a ratio of standard deviations:

# %%
tiny = csi.load_sample("tiny")
rows = tiny.answers[["q1", "q2", "s2"]].astype(float)
x, y = rows[["q1", "q2"]].to_numpy(), rows["s2"].to_numpy()
X = np.column_stack([np.ones(len(x)), x])
b = np.linalg.lstsq(X, y, rcond=None)[0]
beta = b[1:] * x.std(axis=0) / y.std()
residual = y - X @ b
r2 = 1 - residual.var() / y.var()
pd.DataFrame({"correlation": rows.corr()["s2"].iloc[:2], "raw": b[1:], "standardised": beta})

# %% [markdown] lang="zh"
# “其他不变”究竟是什么意思？先从 `q1` 里去掉 `q2` 能解释的部分，再看**剩下的**和 `s2` 怎样一起动，得到同一个系数。
# 两道题越像，剩下的越少，系数越不牢靠。`q2` 的相关几乎都是借来的：

# %% [markdown] lang="en"
# What does "others held" mean? Take out of `q1` what `q2` explains, and see how **the rest** moves with `s2`: the
# same coefficient. The more alike two items are, the less is left, and the shakier the coefficient. Nearly all of
# the correlation of `q2` was borrowed:

# %%
line = np.polyfit(x[:, 1], x[:, 0], 1)
left = x[:, 0] - np.polyval(line, x[:, 1])
assert np.isclose(left @ y / (left @ left), b[1])
pd.Series({"share of q1 that is left": left.var() / x[:, 0].var(), "R2": r2}).to_frame("tiny")

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.fit_drivers` 给出同样的数：

# %% [markdown] lang="en"
# ## With csi
#
# `csi.fit_drivers` gives the same numbers:

# %%
small = csi.fit_drivers(tiny, "s2", ["q1", "q2"])
raw = small.tidy().query("kind == 'unstandardized'")["estimate"]
assert np.allclose(raw, b)
assert np.allclose(small.tidy().query("kind == 'standardized'")["estimate"], beta)
assert np.isclose(small.value("r2", table="fit"), r2)

# %% [markdown] lang="zh"
# 再到 `mobile`。它有权数，访问员是抽样单元，标准误要**按抽样设计**算（design-based）。
# 旁边放上假装顾客是一个个单独抽来的标准误（`one_by_one`）：

# %% [markdown] lang="en"
# Now `mobile`. It has weights, and interviewers as sampling units, so errors follow the **design** (按抽样设计).
# Beside them those that pretend that customers were drawn `one_by_one`:

# %%
fit = csi.fit_drivers(mobile, "sat_overall", Q)
bare = csi.Survey.from_frame(mobile.answers, replace(mobile.codebook, strata=None, cluster=None), name="no design")
single = csi.fit_drivers(bare, "sat_overall", Q)
raw = fit.tidy().query("kind == 'unstandardized'").set_index("term")
errors = single.tidy().query("kind == 'unstandardized'").set_index("term")["std_error"]
raw[["estimate", "lower", "upper", "std_error"]].assign(one_by_one=errors)

# %%
csi.plot_estimates(fit, where={"kind": "standardized"}, target=0, order="value", labels=names)

# %% [markdown] lang="zh"
# ## 读懂结果
#
# 上表两列标准误有大有小。同一访问员的顾客彼此相像，均值的误差因此变大；系数的误差要看驱动因素和残差是否**都**相像。
# 抽样单元又只有几十个，标准误自己也会波动。按设计算才对，猜不得。
#
# ### 单位
#
# - **非标准化**（raw）：驱动因素高一分，`sat_overall` 高几分。改进目标用它：网络提高一分，值几分满意？
# - **标准化**：驱动因素高一个标准差，结果高几个标准差。它随顾客的差异大小而变，两个样本之间别用它比。
#
# 区间重叠的两项，不要排先后；差值用 `contrast`。连同决定系数 `r2` 一起读：

# %% [markdown] lang="en"
# ## Read it
#
# The two columns of errors differ both ways. Customers of one interviewer are alike, which widens the errors of means;
# those of coefficients widen where **both** a driver and the residuals are alike. And with few interviewers, errors
# are uncertain themselves. Do not guess, use the design.
#
# ### Units
#
# - **raw** (非标准化): points of `sat_overall` per point of a driver. Use it for targets: what is a point of network
#   worth?
# - **standardised**: standard deviations of the outcome per standard deviation of a driver. It depends on how much
#   customers differ; do not compare samples by it.
#
# Where intervals overlap, do not rank; take the difference with `contrast`. And read `r2`, the share explained,
# with it:

# %%
pair = {("quality_needs", "unstandardized"): 1, ("quality_service", "unstandardized"): -1}
print(fit.contrast(pair))
fit.tidy("fit")

# %% [markdown] lang="zh"
# ### 评分相像，相关骗人
#
# 七个相关系数都不小，彼此差不多；系数却小得多，“客户服务”从中游落到末位。
# **方差膨胀因子**（VIF）说明一道题与其他题有多像：
# 用其他题解释它，得决定系数 `R2`，`VIF = 1 / (1 - R2)`，平方根是标准误放大的倍数：

# %% [markdown] lang="en"
# ### Ratings are alike, and correlations mislead
#
# All correlations are large and much the same; coefficients are smaller, and customer service falls to the last
# place. The **variance inflation factor** (方差膨胀因子, VIF) says how alike an item is to the others: explain it by
# them, and `VIF = 1 / (1 - R2)`; its root tells how much larger the standard error is:

# %%
one = csi.fit_drivers(mobile.keep(mobile.answers["sat_overall"].notna().to_numpy()), Q[0], Q[1:])
vif = fit.tidy("collinearity").query("kind == 'vif'").set_index("term")["estimate"]
assert np.isclose(vif[Q[0]], 1 / (1 - one.value("r2", table="fit")))
correlation = fit.tidy("correlations").query("other_item == 'sat_overall'").set_index("item")["estimate"]
coefficient = fit.tidy().query("kind == 'standardized'").set_index("term")["estimate"]
pd.DataFrame({"correlation": correlation, "standardised": coefficient, "vif": vif}).rename(index=names)

# %% [markdown] lang="zh"
# 相像到什么地步会骗人？看生鲜平台：配送员的礼貌 `courtesy` 与准时 `delivery` 很像。
# 生成数据时，礼貌自身**毫无作用**：

# %% [markdown] lang="en"
# How far does it mislead? At the grocery service, politeness of couriers, `courtesy`, resembles punctuality,
# `delivery`. In the simulation, politeness has **no effect of its own**:

# %%
grocer = csi.load_sample("drivers")
D = ["product", "assortment", "delivery", "courtesy", "price", "app", "extras", "tracking"]
eight = csi.fit_drivers(grocer, "overall", D)
table = eight.tidy().query("kind == 'unstandardized'").set_index("term").loc[D, ["estimate", "lower", "upper"]]
table["correlation"] = eight.tidy("correlations").query("other_item == 'overall'").set_index("item")["estimate"]
table.assign(planted=pd.Series(grocer.codebook.truth["linear"]["coefficient"]))

# %% [markdown] lang="zh"
# 礼貌的相关系数不比 `app` 差，回归却把它打回原形：区间含 0。其余的区间，也都盖住了预设真值。
#
# ### 分组比较
#
# 各家运营商的系数一样吗？`by=` 每组各算一个回归，差值交给 `contrast`，它知道各组共用访问员：

# %% [markdown] lang="en"
# The correlation of politeness is as good as that of `app`; regression unmasks it: its interval holds 0. The
# intervals of the others hold what was planted.
#
# ### Groups
#
# Are coefficients alike for all operators? `by=` makes a regression of each group; `contrast` takes the difference
# and knows that groups share interviewers:

# %%
groups = csi.fit_drivers(mobile, "sat_overall", Q, by="operator")
kind = "unstandardized"
print(groups.contrast({("Amber", Q[0], kind): 1, ("Dune", Q[0], kind): -1}))
groups.tidy().query("kind == @kind").pivot(index="term", columns="group", values="estimate").loc[Q]

# %% [markdown] lang="zh"
# 这么多差值，总有几个凑巧显得“显著”：先定好要比哪一个，再看数据。
#
# ### 与细分群体的交互
#
# `interactions=` 把各因素与细分列相乘。因素自己的系数是**参照组**的，
# 乘积（**交互项**，interaction）的系数是另一组**多出来**的：

# %% [markdown] lang="en"
# Of so many differences some look significant by chance: choose the one you want before you look.
#
# ### Interactions with a segment
#
# `interactions=` multiplies drivers with a segment. A driver's own coefficient is that of the **reference**
# (参照组); the coefficient of the product, the **interaction** (交互项), is what the other group has **in
# addition**:

# %%
split = csi.fit_drivers(grocer, "overall", D, interactions="segment", reference={"segment": "new"})
shown = split.tidy().query("kind == @kind and term.str.contains('×')")
apart = csi.fit_drivers(grocer, "overall", D, by="segment")
difference = apart.contrast({("regular", "app", kind): 1, ("new", "app", kind): -1})
assert np.isclose(float(difference), shown.set_index("term").loc["app × segment=regular", "estimate"])
shown[["term", "estimate", "lower", "upper", "p_value"]]

# %% [markdown] lang="zh"
# 只有“下单方便”的区间不含 0：新顾客在意，老顾客不在意，这正是埋下的规律。两组分开算，差值一样。
#
# ### 有序回归与高分占比
#
# 评分是等级，不是尺子。**有序 logit** 不假定级距相等；**高分占比**（top box）只问进没进最高几级。
# 标准化系数的单位是潜在满意度的标准差：

# %% [markdown] lang="en"
# Only the interval of "easy to order" leaves out 0: it matters to new customers, not to regular ones, as planted. Two
# separate regressions give the same difference.
#
# ### Ordered levels and top boxes
#
# Ratings are ranks, not rulers. An **ordered logit** (有序 logit) does not take steps as equal; **top box**
# (高分占比) asks only who chose the best levels. Standardised, they are in standard deviations of a latent
# satisfaction:

# %%
ordered = csi.fit_drivers(mobile, "sat_overall", Q, kind="ordered")
top = csi.fit_drivers(mobile, "sat_overall", Q, kind="top_box", boxes=2)
print(*(line for line in ordered.checks if not line.ok), sep="\n")
three = {"linear": fit, "ordered": ordered, "top box": top}
pd.DataFrame({
    name: result.tidy().query("kind == 'standardized'").set_index("term")["estimate"] for name, result in three.items()
}).rename(index=names)  # fmt: skip

# %% [markdown] lang="zh"
# 线性和有序几乎一样：级数多、答案散得开时，常常如此；级数少或挤在顶上，就该用有序的。有序也有假设：
# 各级上作用相同（比例优势），`quality_wrong` 就没通过。高分占比换了问题：“信息清楚”往前挪，
# 因为推人到顶的，与推人离底的，不必是同一项（也要看区间）。
#
# logit 系数不好懂，要换成**边际效应**（marginal effect）：高一分，进高分的占比变多少：

# %% [markdown] lang="en"
# Linear and ordered are nearly the same, as often with many levels and scattered answers; take the ordered one when
# levels are few or crowd at the top. It has an assumption of its own, equal effects at all levels (proportional odds,
# 比例优势), and `quality_wrong` fails it. Top box is another question: information moves up, since what lifts people to
# the top need not be what lifts them off the ground (but see the intervals).
#
# Logit coefficients are hard to read. **Marginal effects** (边际效应) tell how the share in the top boxes changes
# per point:

# %%
effects = top.tidy("marginal_effects").set_index("term")
p = top.scores()["predicted"]
weight = mobile.answers["weight"].where(p.notna(), 0)
slope = np.average((p * (1 - p)).fillna(0), weights=weight)
logit = top.tidy().query("kind == @kind").set_index("term")["estimate"]
assert np.allclose(effects["estimate"], slope * logit[effects.index])
100 * effects[["estimate", "lower", "upper"]].rename(index=names)

# %% [markdown] lang="zh"
# 表里是百分点。
#
# ### 期望与期望不一致
#
# Oliver 的理论也是一条回归：满意由期望、感知绩效和**期望不一致**（disconfirmation，比预期好还是差）来解释：

# %% [markdown] lang="en"
# The table is in percentage points.
#
# ### Expectation and disconfirmation
#
# Oliver's theory is a regression, too: satisfaction from expectation (期望), perceived performance (感知绩效) and
# **disconfirmation** (期望不一致): better or worse than expected?

# %%
oliver = csi.fit_drivers(mobile, "sat_overall", ["expect_overall", "quality_overall", "sat_expectations"])
oliver.tidy().query("kind == 'standardized'")[["term", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# 不一致最强，期望自身剩得最少。不过“与期望相比”本来就几乎是满意的另一种问法。若用相减得到不一致，
# 就不能三个一起放：差等于绩效减期望，**完全共线**，csi 会拒绝。
#
# ### 系数没有说什么
#
# 系数**不是因果**。下面的大厅，茶水毫无作用，只是心情好的人样样打高分；跑腿次数由抽签决定：

# %% [markdown] lang="en"
# Disconfirmation is strongest, and expectation weakest. But "compared with expectations" is nearly
# satisfaction asked once more. A disconfirmation by subtraction cannot stand beside both: it is performance less
# expectation, **fully collinear**, and csi refuses.
#
# ### What a coefficient does not say
#
# A coefficient is **no cause** (因果). In this hall tea has no effect, but people in good mood rate everything
# higher; visits are drawn by lot:

# %%
rng = np.random.default_rng(9)
mood, visits = rng.normal(size=800), rng.integers(1, 5, 800)
tea = (6 + 1.5 * mood + rng.normal(size=800)).round().clip(1, 10)
score = (8 + mood - 0.8 * visits + rng.normal(size=800)).round().clip(1, 10)
book = csi.Codebook.from_yaml("""
scales: {ten: {lo: 1, hi: 10}}
items: {visits: {kind: number}, tea: {scale: ten}, overall: {scale: ten}}
""")
hall = csi.Survey.from_frame(pd.DataFrame({"visits": visits, "tea": tea, "overall": score}), book, name="hall")
csi.fit_drivers(hall, "overall", ["visits", "tea"]).tidy().query("kind == @kind")

# %% [markdown] lang="zh"
# 茶水“显著”，区间离 0 很远，可它什么也没做：没有放进来的**共同原因**（这里是心情）替它记了功。
# 跑腿次数是抽签来的，与心情无关，系数才读得成因果。
#
# `mobile` 也要小心：七道题出自同一个“质量”潜变量，系数多半反映哪道题问得准，
# 而不是改哪一项有效。要因果，就得试验，或前后对比。

# %% [markdown] lang="en"
# Tea is "significant", far from 0, and did nothing: a **common cause** that is not in the regression, mood, gave it
# credit. Visits were drawn by lot, free of mood, and so their coefficient can be read as an effect.
#
# Care with `mobile` as well: its seven items come from one latent quality, and coefficients tell which item
# measures it well rather than which change will work. For causes you need an experiment, or before and after.

# %% [markdown] lang="zh"
# ## 查一查
#
# `check()` 逐条核对：

# %% [markdown] lang="en"
# ## Check it
#
# `check()` goes through the assumptions:

# %%
eight.check()[["check", "ok", "meaning"]]

# %% [markdown] lang="zh"
# ### 太低太高都不好：价格
#
# 价格题从“便宜得可疑”到“贵得离谱”，直线系数接近零，好像价格无所谓。检查却说它是**倒 U 形**（inverted U）。
# 按价格分档看残差，加平方项看两头的斜率：

# %% [markdown] lang="en"
# ### Too low and too high: the price
#
# The price is rated from suspiciously cheap to far too expensive. Its straight coefficient is near zero, as if
# price did not matter; the check calls it an **inverted U** (倒 U 形). Look at residuals by price, then add a
# square and look at the slopes at both ends:

# %%
left = eight.scores()["residual"].groupby(grocer.answers["price"]).agg(["mean", "count"])
left.T

# %%
bends = eight.tidy("curvature")
bends.query("term in ['product', 'delivery', 'price']")[["term", "kind", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# 价格的低端斜率为正、高端为负，中间价位最好，转折点也有区间。`delivery` 也拐弯，却不是倒 U：准时是不满因素，
# 够好以后就平了，平方项硬把平顶画成了下坡；
# `courtesy` 的弯是从它借来的，`extras` 是反过来的魅力因素。所以先看各档残差，再给形状起名。
#
# ### 故意弄坏：去掉一个相像的因素
#
# 假如问卷里没有 `delivery`：

# %% [markdown] lang="en"
# At the low end the slope is positive, at the high end negative: the middle is best, and the turning point has an
# interval. `delivery` bends as well, but is no inverted U: punctuality is a dissatisfier, flat once good enough,
# and the square draws a flat top as a descent; `courtesy` borrows the bend, and `extras`, a delighter, is the mirror
# image. Look at residuals before you name a shape.
#
# ### Broken on purpose: leave a similar driver out
#
# Suppose that nobody had asked about `delivery`:

# %%
short_list = [item for item in D if item != "delivery"]
seven = csi.fit_drivers(grocer, "overall", short_list)
both = {"all eight": eight, "without delivery": seven}
pd.concat({
    name: result.tidy().query("kind == @kind").set_index("term").loc[short_list, ["estimate", "lower", "upper"]]
    for name, result in both.items()
}, axis=1)  # fmt: skip

# %% [markdown] lang="zh"
# `courtesy` 立刻“显著”，其余几乎不动：它继承了 `delivery` 的作用，区间却看不出毛病。
# **系数只对这一组因素成立**：漏掉一个相像而真有用的，旁边的就替它领功；检查未必看得出来。
#
# ## 练习
#
# **09.1 重做** 结果变量换成 `loyal_repurchase`（愿意继续用），仍用七道质量题做线性回归，
# `quality_needs` 的非标准化系数是多少？

# %% [markdown] lang="en"
# `courtesy` becomes "significant" at once, the others hardly move: it inherits the effect of `delivery`, and no
# interval shows it. **Coefficients hold for one set of drivers**: leave out one that works, and its neighbour takes
# the credit, and no check need notice.
#
# ## Exercises
#
# **09.1 Repeat** Outcome `loyal_repurchase`, the same seven items, a linear regression: what is the raw coefficient of
# `quality_needs`?

# %%
answer = ...
csi.course.check("09.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
stay = csi.fit_drivers(mobile, "loyal_repurchase", Q)
csi.course.check("09.1", stay.value("quality_needs", "unstandardized"))

# %% [markdown] lang="zh"
# **09.2 变一变** 五道形象题（`image_` 开头）解释 `sat_overall`，`image_trust` 的 VIF 是多少？

# %% [markdown] lang="en"
# **09.2 Vary** The five items on image (`image_...`) explain `sat_overall`: what is the VIF of `image_trust`?

# %%
answer = ...
csi.course.check("09.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
image = csi.fit_drivers(mobile, "sat_overall", [item for item in mobile.items if item.startswith("image_")])
csi.course.check("09.2", image.value("image_trust", "vif", table="collinearity"))

# %% [markdown] lang="zh"
# **09.3 变一变** 事先的猜想：产品种类在 Coral 比在 Amber 更要紧。七道题解释 `sat_overall`，
# `quality_products` 的非标准化系数，Coral 减 Amber 是多少？连同误差提交 `contrast` 的结果。

# %% [markdown] lang="en"
# **09.3 Vary** A guess made beforehand: the range of products matters more at Coral than at Amber. Seven items
# explain `sat_overall`: what is Coral minus Amber in the raw coefficient of `quality_products`? Hand in what
# `contrast` returns.

# %%
answer = ...
csi.course.check("09.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
pair = {("Coral", "quality_products", kind): 1, ("Amber", "quality_products", kind): -1}
csi.course.check("09.3", groups.contrast(pair))

# %% [markdown] lang="zh"
# **09.4 变一变** 一家餐馆，四道题从“远远不够”到“远远过头”。抽签决定：其中一项恰到好处最好，过低过高都扣分；
# 一项毫无作用；另两项越多越好。用 `draw_restaurant` 的数据找出**恰到好处**的那一项，提交列名。

# %% [markdown] lang="en"
# **09.4 Vary** In a restaurant four items run from far too little to far too much. A lot decides: one is best in
# the middle, and harms when too low or too high; one has no effect; of two, more is better. Use `draw_restaurant`
# and hand in the name of the item that is **best in the middle**.


# %%
def draw_restaurant(seed=4, n=900):
    rng = np.random.default_rng(seed)
    bent, idle, third, fourth = rng.permutation(["light", "music", "portion", "spice"])  # the lot
    x = {name: rng.integers(1, 11, n) for name in (bent, idle, third, fourth)}
    mean = 5 - 0.1 * (x[bent] - 5.5) ** 2 + 0.3 * x[third] + 0.15 * x[fourth]
    return pd.DataFrame({**{name: x[name] for name in sorted(x)}, "overall": (mean + rng.normal(size=n)).clip(0, 12)})


answer = ...
csi.course.check("09.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
meals = draw_restaurant()
kinds = "\n".join(f"  {name}: {{kind: number}}" for name in meals)
meals = csi.Survey.from_frame(meals, csi.Codebook.from_yaml(f"items:\n{kinds}"), name="restaurant")
bent = csi.fit_drivers(meals, "overall", ["light", "music", "portion", "spice"]).tidy("curvature")
csi.course.check("09.4", bent.query("kind == 'quadratic'").set_index("term")["estimate"].idxmin())

# %% [markdown] lang="zh"
# **09.5 用自己的数据** 选一道总体题和几道评分题，提交 `csi.fit_drivers` 的结果。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **09.5 Your own data** Take an overall item and some ratings, and hand in the result of `csi.fit_drivers`. No
# data? Take a part of a sample.

# %%
answer = ...
csi.course.check("09.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
part = csi.Survey.from_frame(grocer.answers.query("segment == 'new'"), grocer.codebook, name="new customers")
csi.course.check("09.5", csi.fit_drivers(part, "overall", D))

# %% [markdown] lang="zh"
# ## 要点
#
# - 相关互相借光；回归问的是“其他不变”时的一分值几分。
# - 评分越像，VIF 越大，系数越不牢靠；排先后看第 10 课的相对重要性。
# - 标准误按抽样设计算；组间差用 `contrast`，要比什么先定好。
# - 有序、高分占比是不同的问题；用边际效应说百分点。
# - 先看弯不弯：价格可能过低过高都不好。
# - 系数只对这一组因素成立，也不是因果。
#
# ## 参考文献

# %% [markdown] lang="en"
# ## Key points
#
# - Correlations borrow light; regression asks what a point is worth with the others held.
# - The more alike the ratings, the larger the VIF, the shakier the coefficient; for a ranking see lesson 10.
# - Errors follow the design; take differences of groups with `contrast`, and choose them beforehand.
# - Ordered levels and top boxes are other questions; say marginal effects in percentage points.
# - Look for bends: a price may be too low and too high.
# - Coefficients hold for one set of drivers, and are no causes.
#
# ## References

# %%
print(fit.cite())
