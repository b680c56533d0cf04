# %% [markdown] lang="zh"
# # 二十几道题，怎样变成一个满意指数？它有多可靠？
#
# **90 分钟** · 适用：论文、质量、研究 · 必修
#
# 各国的顾客满意指数都把满意度放进一张因果图：前面是形象、期望、质量、价值，后面是抱怨与忠诚。
# 这一课先用手算看清权重从哪里来，再用偏最小二乘路径模型（PLS-PM）估计整张图。
#
# **学完这一课，你能够**
#
# - **计算**一个潜变量的指数，从权重和均值开始（练习 11.1）
# - **给出**经得起追问的标准误（练习 11.2）
# - **解读**总效应：质量提高 1 分，忠诚变化几分（练习 11.3）
# - **比较**两组，用差值的区间说话（练习 11.4）
# - **评判**自己数据上的模型（练习 11.5）
#
# ## 准备

# %% [markdown] lang="en"
# # How do two dozen answers become one index, and how sure are we of it?
#
# **90 minutes** · tracks: thesis (论文), quality (质量), research (研究) · required
#
# National satisfaction indices put satisfaction into a picture of causes: image, expectations, quality and
# value before it, complaints and loyalty after it. First we see by hand where the weights come from; then PLS
# path modelling (偏最小二乘路径模型) estimates the whole picture.
#
# **You will be able to**
#
# - **compute** the index of a construct from weights and means (exercise 11.1)
# - **give** it a standard error that stands up to questions (exercise 11.2)
# - **read** a total effect: quality rises by 1 point, loyalty by how many? (exercise 11.3)
# - **compare** two groups by the interval of their difference (exercise 11.4)
# - **judge** the model on your own data (exercise 11.5)
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
# 两份：`mobi` 是发表过的手机用户调查，只有均值、标准差和相关系数（矩，moments）；
# `mobile` 是模拟的四家运营商，真值已知。
#
# 模型就是一份写好了因果的问卷提纲。潜变量（构念，construct）是想知道的东西，观测变量（题项，item）是问出来的东西，
# 箭头由理论决定，**先写模型，后看数据**。

# %% [markdown] lang="en"
# ## The data
#
# Two sets: `mobi`, a published survey of mobile-phone users, comes as moments (矩): means, standard deviations,
# correlations. `mobile`, four simulated operators, comes with the truth behind it.
#
# A model is a questionnaire with its causes written down. A construct (潜变量) is what we want to know, an item
# (题项) is what we ask, and theory draws the arrows: **the model comes before the data**.

# %%
mobi = csi.load_moments("mobi")
survey = csi.load_sample("mobile")
model = csi.load_model("ECSI_2005").resolve(survey.items, survey.codebook)
rows = []
for one in model.constructs:
    causes = ", ".join(model.predecessors(one.name))
    rows.append((one.name, csi.language.pick(one.text), len(one.items), causes))
pd.DataFrame(rows, columns=["construct", "name", "items", "arrows from"])

# %%
csi.plot_paths(model)

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 三道满意题，哪一道该占更大的权重？看谁与左邻右舍走得更近。先看五位顾客：

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Three satisfaction items: which deserves more weight? The one that goes along with the neighbouring construct.
# Five guests:

# %%
tiny = csi.load_sample("tiny")
tiny.answers.head().astype(int)

# %%
quality = tiny.answers[["q1", "q2"]].sum(axis=1)
tiny.answers[["s1", "s2", "s3"]].corrwith(quality)

# %% [markdown] lang="zh"
# 用全部十二位来看，三道题与质量的相关不一样。相关越高，越能把质量的作用传给满意度，权重（外部权重，outer weight）
# 就越大。可“质量”的得分本身也要靠权重来算，于是两边轮流算，直到不再变化：
#
# $$w_j \propto \mathrm{cov}(x_j,\ \text{相邻潜变量的得分}), \qquad \text{得分} = \sum_j w_j x_j$$
#
# 这就是 A 模式（mode A）的一步。

# %% [markdown] lang="en"
# Over all twelve guests the three items differ in their correlation with quality. The higher it is, the more
# the item carries from quality to satisfaction, and the larger its outer weight (外部权重). But the score of
# quality needs weights too, so both sides take turns until nothing moves:
#
# $$w_j \propto \mathrm{cov}(x_j,\ \text{score of the neighbour}), \qquad \text{score} = \sum_j w_j x_j$$
#
# This is one step of mode A (A 模式).

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 只有两个潜变量时，整个算法不过十来行 pandas。

# %% [markdown] lang="en"
# ## By hand
#
# With two constructs the whole algorithm is a dozen lines of pandas.

# %%
ratings = tiny.answers
z = (ratings - ratings.mean()) / ratings.std()
blocks = {"Quality": ["q1", "q2"], "Satisfaction": ["s1", "s2", "s3"]}
neighbour = {"Quality": "Satisfaction", "Satisfaction": "Quality"}
score = {name: z[items].sum(axis=1) for name, items in blocks.items()}
weight = {}
for _ in range(30):
    for name, items in blocks.items():
        w = z[items].T @ score[neighbour[name]]
        weight[name] = w / (z[items] @ w).std()
        score[name] = z[items] @ weight[name]
weight["Satisfaction"]

# %% [markdown] lang="zh"
# 权重是给标准化评分用的。要用到原始评分上，先除以各题的标准差，再按量表两端 1-10 换算成指数：

# %% [markdown] lang="en"
# These weights belong to standardised ratings. Divide by the standard deviation of each item to apply them to
# ratings, then scale by the ends of the scale, 1-10:

# %%
items = blocks["Satisfaction"]
raw = weight["Satisfaction"] / ratings[items].std()
by_hand = 100 * (raw @ (ratings[items].mean() - 1)) / (raw * (10 - 1)).sum()
print(f"{by_hand:.3f}")

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# 同样的模型，一行。权重、路径系数（path coefficient，这里就是两个得分的相关）和指数都必须与手算相同。
#
# 自己的模型用 lavaan 记法来写，一行一个因变量：`Satisfaction ~ Quality + Value`。
# 反映型（reflective）题项用 `=~`，复合型（composite）用 `<~`。

# %% [markdown] lang="en"
# ## With csi
#
# The same model in one line. Weights, path coefficient (路径系数, here the correlation of the two scores) and index
# must equal what we got by hand.
#
# Your own model is written in lavaan's notation, one line per effect: `Satisfaction ~ Quality + Value`.
# Reflective (反映型) items take `=~`, composites (复合型) take `<~`.

# %%
small = csi.fit_pls(tiny, "Satisfaction ~ Quality", n_boot=0)
weights = [float(small.value("Satisfaction", item, "outer_weight", table="outer")) for item in items]
assert np.allclose(weights, weight["Satisfaction"], atol=1e-6)
path = float(small.value("Quality", "Satisfaction", table="paths"))
assert abs(path - score["Quality"].corr(score["Satisfaction"])) < 1e-6
assert abs(float(small.value("Satisfaction")) - by_hand) < 1e-5
small.tidy("outer")[["construct", "item", "kind", "estimate"]]

# %% [markdown] lang="zh"
# 现在是完整的欧洲模型。`mobi` 只有矩，也能估计全部权重、路径和指数，因为 PLS 只用到均值和协方差。

# %% [markdown] lang="en"
# Now the full European model. `mobi` is nothing but moments, and still gives every weight, path and index: PLS
# needs means and covariances only.

# %%
phone = csi.fit_pls(mobi, "ECSI_2005")
phone.tidy()

# %% [markdown] lang="zh"
# 再看 `mobile`。它有抽样权数、层和访问员（群），编码簿里写过一次，拟合时自动用上。

# %% [markdown] lang="en"
# And `mobile`. It has survey weights, strata and interviewers (clusters); the codebook names them once and the
# fit honours them.

# %%
fit = csi.fit_pls(survey, "ECSI_2005")
csi.plot_paths(fit)

# %% [markdown] lang="zh"
# ## 读懂结果
#
# 箭头上是标准化路径：其他原因不变时，原因高一个标准差，结果高多少个标准差。方框里是解释的方差 R²。
# 总效应（total effect）把直接和间接的路线全部加起来；换成指数分，就是“每提高 1 分，目标变化几分”：

# %% [markdown] lang="en"
# ## Read it
#
# On the arrows: standardised paths, standard deviations of the effect per standard deviation of the cause,
# other causes held equal. R² is the share of variance explained. A total effect (总效应) adds up all routes,
# direct and indirect; in index points it reads "1 point more here, so many points there":

# %%
table = fit.tidy("priorities").query("target == 'Loyalty' and kind == 'importance'")
table[["construct", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# 结果没有说的三件事：
#
# - 指数是 0-100 的分数，不是满意的人所占的比例；
# - 箭头是我们画的，数据只能说“与这张图不矛盾”，不能证明因果；
# - 区间只管抽样误差，管不了没作答的人。
#
# 载荷（loading）说明每道题与自己的潜变量有多贴近；横线越短，估计越可靠：

# %% [markdown] lang="en"
# Three things it does not say:
#
# - an index is points from 0 to 100, not a share of satisfied people;
# - we drew the arrows; data can fail to contradict them, they cannot prove a cause;
# - intervals cover sampling error, not the people who never answered.
#
# A loading (载荷) says how close each item is to its construct; the shorter the bar, the surer:

# %%
csi.plot_loadings(fit)

# %% [markdown] lang="zh"
# ### 找回预设真值
#
# `mobile` 是按已知的路径生成的。普通 PLS 把评分里的误差也当成了真，所以路径偏小；
# 一致性偏最小二乘（consistent PLS，PLSc）先按信度校正，再求路径：

# %% [markdown] lang="en"
# ### The planted truth
#
# `mobile` was drawn from known paths (预设真值). Plain PLS takes the noise in ratings at face value and finds paths
# that are too small; consistent PLS (一致性偏最小二乘, PLSc) corrects for reliability first:

# %%
consistent = csi.fit_pls(survey, "ECSI_2005", consistent=True)
truth = survey.codebook.truth
table = consistent.tidy("paths")[["source", "target", "estimate", "lower", "upper"]]
table.insert(2, "plain", fit.tidy("paths")["estimate"])
table["truth"] = [row["path"] for row in truth["paths"]]
table["held"] = table["truth"].between(table["lower"], table["upper"])
table

# %% [markdown] lang="zh"
# 绝大多数真值落在区间之内。指向“抱怨处理”的那一条明显偏小：它只有一道题，信度无从估计，也就无从校正。
# 单题潜变量要么多问一题，要么老实写明。看看题项的真实载荷，乘上真路径，是不是就等于找到的值？

# %% [markdown] lang="en"
# Nearly every true path lies in its interval. The one into complaint handling is clearly too small: that
# construct has one item, its reliability cannot be estimated, so nothing is corrected. Ask a second question,
# or say so. Does the true path times the true loading of that item give what was found?

# %%
into = next(row["path"] for row in truth["paths"] if row["target"] == "Complaints")
found = consistent.value("Satisfaction", "Complaints", table="paths")
pd.Series({"truth x loading": into * truth["loadings"]["complaint_handling"], "found": float(found)})

# %% [markdown] lang="zh"
# ### 分组比较
#
# 沙丘通信（Dune）在最后一期做了改进，真值写在编码簿里。各组共用同一套权重，指数的含义才一致；
# 差值用 `contrast`，它知道两组的协方差。

# %% [markdown] lang="en"
# ### Comparing groups
#
# Dune improved before the last wave; the truth stands in the codebook. Groups share one set of weights, so that
# their indices mean the same. `contrast` gives the difference, with the covariance of the two groups.

# %%
waves = csi.fit_pls(survey, "ECSI_2005", by=["operator", "wave"], n_boot=2000)
gain = waves.contrast({("Dune · 2026H1", "Satisfaction"): 1, ("Dune · 2025H2", "Satisfaction"): -1})
planted = truth["improved"]["difference"]
assert gain.lower < planted < gain.upper
pd.Series({"gain": gain.estimate, "lower": gain.lower, "upper": gain.upper, "truth": planted})

# %% [markdown] lang="zh"
# 其他三家的真值几乎没有变化，下图中却也有高低起伏。单看一家一期，区间很宽：组越小，越不能凭点估计下结论。

# %% [markdown] lang="en"
# The other three hardly changed in truth, and still their dots go up and down in the picture below. One
# operator in one wave has a wide interval: the smaller the group, the less a dot alone can say.

# %%
csi.plot_index(waves, "Satisfaction", order="given")

# %% [markdown] lang="zh"
# ### 重现已发表的论文
#
# 同一份 `mobi` 数据，欧洲指数的论文用的是另一种形式：不标准化（metric），形心加权（centroid）。
# 换两个选项，就该得到论文的路径，只差四舍五入：

# %% [markdown] lang="en"
# ### A published paper again
#
# On the same `mobi` data the paper on the European index used another form: not standardised (metric), centroid
# scheme. Two options, and its paths should come back, up to rounding:

# %%
metric = csi.fit_pls(mobi, "ECSI_2005", standardized=False, scheme="centroid", n_boot=0)
# path by path as the paper is quoted, three decimals
paper = [0.493, 0.545, 0.066, 0.540, 0.153, 0.037, 0.544, 0.200, 0.540, 0.212, 0.466, 0.050]
table = metric.tidy("paths")[["source", "target", "estimate"]].assign(paper=paper)
assert (table["estimate"] - table["paper"]).abs().max() < 0.001
table

# %% [markdown] lang="zh"
# ## 查一查
#
# 真实数据很少完美。下面是 `mobi` 没有通过的检查：HTMT（异质-单质比率）过高，说明受访者分不清这些潜变量。

# %% [markdown] lang="en"
# ## Check it
#
# Real data are seldom perfect. These checks fail on `mobi`; a high HTMT (异质-单质比率) says that respondents hardly
# tell two constructs apart.

# %%
phone.check().query("not ok")[["check", "value", "rule", "meaning"]]

# %% [markdown] lang="zh"
# 现在故意弄坏一条假定：**把权重当作已知**。许多软件先算出权重，再把得分当普通变量求标准误。
# 忠诚（Loyalty）的三道题里有一道很不稳定，最能看出差别：

# %% [markdown] lang="en"
# Now break one assumption on purpose: **hold the weights fixed**. Much software estimates weights, then treats
# the scores as ordinary variables. Loyalty shows it best, since one of its three items is unstable:

# %%
outer = phone.tidy("outer").query("construct == 'Loyalty' and kind == 'outer_weight'")
outer = outer.set_index("item")["estimate"]
place = [mobi.names.index(item) for item in outer.index]
cov = mobi.cov[np.ix_(place, place)]
raw = outer.to_numpy() / np.sqrt(np.diag(cov))
raw = raw / raw.sum()
fixed = 100 / (10 - 1) * np.sqrt(raw @ cov @ raw / mobi.n)
pd.Series({"weights held fixed": fixed, "weights estimated": phone.value("Loyalty").std_error})

# %% [markdown] lang="zh"
# 哪一个对？做个实验：从这些矩出发，重新抽两百次同样大小的调查，每次都从头估计。
# 指数实际波动的标准差，就是标准误应有的大小。

# %% [markdown] lang="en"
# Which is right? An experiment: draw two hundred surveys of the same size from these moments and estimate each
# from scratch. How much the index really varies is what a standard error should say.

# %%
rng = np.random.default_rng(1)
names, ends = list(mobi.names), {"lo": mobi.lo, "hi": mobi.hi}
again = []
for _ in range(200):
    rows = rng.multivariate_normal(mobi.mean, mobi.cov, mobi.n)
    drawn = csi.Moments.from_frame(rows, names, **ends)
    again.append(float(csi.fit_pls(drawn, "ECSI_2005", n_boot=0).value("Loyalty")))
pd.Series({"really": np.std(again, ddof=1), "fixed": fixed, "estimated": phone.value("Loyalty").std_error})

# %% [markdown] lang="zh"
# 固定权重的误差范围太窄，重新估计权重的才对得上。csi 的每次重抽样都重新估计权重，就是这个缘故。
# 还要记住：只有矩的时候，标准误假定评分服从正态分布；有个体数据时用自助法（bootstrap）更稳妥。

# %% [markdown] lang="en"
# The error bar with fixed weights is too short; the other one agrees with the experiment. That is why every
# replicate of csi estimates the weights again. Remember, too: with moments alone the errors assume normal
# ratings; with respondents at hand the bootstrap (自助法) is safer.

# %% [markdown] lang="zh"
# ## 练习
#
# **11.1 重做** 用 `mobile`：从 `fit` 的外部权重和答全者的加权均值（`survey.moments(model.items)`），
# 手算顾客期望（Expectation）的指数，保留两位小数。小心，其中一题是反向题。

# %% [markdown] lang="en"
# ## Exercises
#
# **11.1 Repeat** On `mobile`: from the outer weights of `fit` and the weighted means of complete answers
# (`survey.moments(model.items)`), compute the index of Expectation by hand, to two decimals. Careful: one item
# is reversed.

# %%
answer = ...
csi.course.check("11.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
outer = fit.tidy("outer").query("construct == 'Expectation' and kind == 'outer_weight'")
moments = survey.moments(model.items)  # reversed items are turned round here
place = [moments.names.index(item) for item in outer["item"]]
raw = outer["estimate"].to_numpy() / np.sqrt(np.diag(moments.cov)[place])
mean, lo, hi = moments.mean[place], moments.lo[place], moments.hi[place]
csi.course.check("11.1", 100 * raw @ (mean - lo) / (raw @ (hi - lo)))

# %% [markdown] lang="zh"
# **11.2 重做** `mobile` 中忠诚（Loyalty）指数的标准误是多少？权重要算作估计的，抽样设计也要算进去。

# %% [markdown] lang="en"
# **11.2 Repeat** What is the standard error of the index of Loyalty in `mobile`, with estimated weights and
# with the design of the sample?

# %%
answer = ...
csi.course.check("11.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("11.2", fit.value("Loyalty").std_error)

# %% [markdown] lang="zh"
# **11.3 变一变** 换成 `mobi`：感知质量（Quality）的指数提高 1 分，忠诚（Loyalty）的指数变化几分？所有路线合计。

# %% [markdown] lang="en"
# **11.3 Vary** On `mobi`: the index of Quality rises by 1 point. By how many points does the index of Loyalty
# change, over all routes?

# %%
answer = ...
csi.course.check("11.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("11.3", phone.value("Loyalty", "Quality", "importance", table="priorities"))

# %% [markdown] lang="zh"
# **11.4 变一变** `mobile`：琥珀通信（Amber）的满意指数减去白桦通信（Birch）的，差多少？连同标准误一起提交。

# %% [markdown] lang="en"
# **11.4 Vary** On `mobile`: the satisfaction index of Amber minus that of Birch, with its standard error.

# %%
answer = ...
csi.course.check("11.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
groups = csi.fit_pls(survey, "ECSI_2005", by="operator")
csi.course.check("11.4", groups.contrast({("Amber", "Satisfaction"): 1, ("Birch", "Satisfaction"): -1}))

# %% [markdown] lang="zh"
# **11.5 用自己的数据** 读入你的答卷，为它写一个模型（目录里的，或自己用 `~` 写的），拟合后提交结果。
# 没有数据，就取样本的一部分，换一个你自己写的小模型。

# %% [markdown] lang="en"
# **11.5 Your own data** Read your answers, write a model for them (from the catalogue, or your own with `~`),
# fit it and hand in the result. No data? Take a part of the sample, and a smaller model of your own.

# %%
answer = ...
csi.course.check("11.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
last = survey.answers.query("wave == '2026H1'")
own = csi.Survey.from_frame(last, survey.codebook, name="last wave")
mine = csi.PathModel.parse("Satisfaction ~ Quality + Value; Loyalty ~ Satisfaction + Image", name="mine")
csi.course.check("11.5", csi.fit_pls(own, mine, n_boot=2000))

# %% [markdown] lang="zh"
# ## 要点
#
# - 外部权重来自题项与相邻潜变量的协方差；指数是加权均值按量表两端的换算。
# - 误差必须包含权重的估计和抽样设计，否则区间太窄。
# - 路径看结构，总效应看改进；普通 PLS 的路径偏小，一致性 PLS 可以校正，单题除外。
# - 先写模型，后看数据；检查表里不通过的每一项，都要能说出它的含义。
#
# ## 参考文献
#
# 每个结果都能给出自己的出处：

# %% [markdown] lang="en"
# ## Key points
#
# - Outer weights come from covariances with neighbouring constructs; an index is the weighted mean between the
#   ends of the scale.
# - Errors must include the estimation of the weights and the design, or the interval is too short.
# - Paths show the structure, total effects what to improve; plain PLS paths are too small, PLSc corrects them,
#   not for one item.
# - The model comes before the data; know what every failed check means.
#
# ## References
#
# Every result cites its sources:

# %%
print(fit.cite())
