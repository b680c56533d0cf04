# %% [markdown] lang="zh"
# # 问卷、走访、投诉各说各话，怎样合成一个信得过的指数？
#
# **90 分钟** · 适用：质量、论文 · 前半必修，“选修”各节选修
#
# 一家做 PVC 树脂的化工企业，客户固定，多是老客户。他们的办法是：
# 问卷占四成，走访占六成，再按投诉处理加减分。这一课把这套办法原样做一遍，
# 逐条追问：每条规则从哪里来，换一条会差多少。
#
# **学完这一课，你能够**
#
# - **计算**一家客户的最终满意度（练习 04.1）
# - **量出**一条假定的分量（练习 04.2）
# - **找出**因投诉反而得分更高的客户（练习 04.3）
# - **检验**判断矩阵的一致性（选修，练习 04.4）
# - **建立**自己的指标体系（练习 04.5）
#
# ## 准备

# %% [markdown] lang="en"
# # Questionnaire, visit, complaints: how do they become one index that can be trusted?
#
# **90 minutes** · tracks: quality (质量), thesis (论文) · required; sections marked optional are optional
#
# A maker of PVC resin has a fixed circle of steady customers. Its method: four tenths questionnaire, six tenths visit,
# then points for every complaint. We do it as printed, and ask of each rule where it comes from and what another would
# do.
#
# **You will be able to**
#
# - **score** one customer by the printed method (exercise 04.1)
# - **measure** how much one assumption carries (exercise 04.2)
# - **find** customers who gained by complaining (exercise 04.3)
# - **check** whether judges contradict themselves (optional, exercise 04.4)
# - **build** an index of your own (exercise 04.5)
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
# 三张模拟的表，真值已知：`pvc_customers` 问卷（一家可有几人答），`pvc_visits` 走访记录，`pvc_complaints` 投诉台账。
# 指标体系（indicator tree）照原文写：三组九项，数字是权重。包装单列，因为白色粉末最怕再污染；
# 价格争议多，原文说给分“较低”。
#
# 图中“跳过”就是走访时**没有谈到**的项目：

# %% [markdown] lang="en"
# ## The data
#
# Three simulated tables, the truth known: `pvc_customers`, questionnaires (some firms with several informants),
# `pvc_visits` and `pvc_complaints`. The indicator tree (指标体系) as printed: nine items in three groups, numbers are
# weights. Packaging stands alone because dirt ruins a white powder; price is disputed, and the text calls its weight
# low.
#
# In the picture, "skipped" is what did **not come up** in a visit:

# %%
asked, visits, log = (csi.load_sample(name) for name in ("pvc_customers", "pvc_visits", "pvc_complaints"))
tree = csi.IndicatorTree.from_yaml("""
product: {weight: 50, en: product quality, zh: 产品质量, parts: {quality: {weight: 30, en: quality, zh: 品质},
  packaging: {weight: 10, en: packaging, zh: 包装, rationale: {en: dirt ruins a white powder, zh: 白色粉末怕再污染}},
  usability: {weight: 10, en: usability, zh: 使用性}}}
purchase: {weight: 20, en: purchase process, zh: 购销过程, parts: {reception: {weight: 8, en: reception, zh: 接待},
  procedure: {weight: 8, en: procedure, zh: 程序}, price_payment: {weight: 10, en: price and payment, zh: 价格和付款}}}
service: {weight: 30, en: related service, zh: 相关服务, parts: {transport: {weight: 8, en: transport, zh: 运输},
  problem_handling: {weight: 12, en: problem handling, zh: 问题处理},
  technical_support: {weight: 10, en: technical support, zh: 技术支持}}}
""")
print(tree)

# %%
csi.plot_missing(visits)

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 先只看“购销过程”这一组，应占 `20` 分，三项权重 `8`、`8`、`10`。五家客户打分，第一家样样满分：

# %% [markdown] lang="en"
# ## The idea on five rows
#
# First the group "purchase" alone: it should be worth `20`, its items weigh `8`, `8` and `10`. Five customers; the
# first gives full marks for everything:

# %%
weights = pd.Series({"reception": 8, "procedure": 8, "price_payment": 10})
five = pd.DataFrame({"reception": [100, 90, 80, 95, 60], "procedure": [100, 80, 70, 75, 70],
                     "price_payment": [100, 60, 75, 50, 80]})  # fmt: skip
raw = five[weights.index] @ weights / 100
five.assign(printed=raw, within_group=raw * 20 / weights.sum())

# %% [markdown] lang="zh"
# 满分客户在只值二十分的组里得了二十六分：原文的权重加起来不对，九项合计也超过一百。
# 怎么办必须说出来，悄悄调整不行。三种做法：
#
# - `within_group` 组内归一：组的权重不变；
# - `global` 总体归一：全部除以总和，价格所在的组变重；
# - `strict` 停下来，回去改权重表。
#
# $$\text{指数} = \sum_g W_g \sum_{i \in g} \frac{w_i}{\sum_{k \in g} w_k}\, x_i \qquad (\text{组内归一})$$

# %% [markdown] lang="en"
# Full marks earn twenty-six in a group that is worth twenty: the printed weights do not sum, and all nine together pass
# one hundred. What happens then has to be said, never done silently:
#
# - `within_group` (组内归一): groups keep their weights;
# - `global` (总体归一): divide all by the total, and the group of the price gets heavier;
# - `strict`: stop, and mend the table.
#
# $$\text{index} = \sum_g W_g \sum_{i \in g} \frac{w_i}{\sum_{k \in g} w_k}\, x_i \qquad (\text{within group})$$

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 客户 `F001`：一份问卷、一次走访、两次投诉。走访按等级估分，取各档中点；没谈到的按“满意”算。
# 问卷四成、走访六成得初步满意度，再加减投诉分：

# %% [markdown] lang="en"
# ## By hand
#
# Customer `F001`: one questionnaire, one visit, two complaints. Levels of the visit count the middle of their band;
# what did not come up counts as "satisfied". Four tenths and six tenths make the preliminary score, then come
# complaints:

# %%
items = list(tree.items)
w = np.array([30, 10, 10, 8 * 20 / 26, 8 * 20 / 26, 10 * 20 / 26, 8, 12, 10]) / 100
levels = {1: 30, 2: 50, 3: 65, 4: 80, 5: 95}
outcomes = {"unhandled": -5, "handled_dissatisfied": -5, "rather_dissatisfied": -3, "basically_satisfied": -1,
            "satisfied": 0, "very_satisfied": 2}  # fmt: skip
one = {name: table.answers.query("firm == 'F001'") for name, table in zip("qvc", (asked, visits, log), strict=True)}
questionnaire = (one["q"][items] @ w).mean()
visit = (one["v"][items].iloc[0].map(levels).fillna(levels[4]) * w).sum()
points = one["c"]["outcome"].map(outcomes).sum()
by_hand = 0.4 * questionnaire + 0.6 * visit + points
pd.Series({"questionnaire": questionnaire, "visit": visit, "complaints": points, "final": by_hand})

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# 先让权重表说话。默认是 `strict`，所以停下来，并说明差在哪里。`rationale` 写这个权重的来由，最好每项都有：

# %% [markdown] lang="en"
# ## With csi
#
# The table of weights first. The default is `strict`, so it stops and says where. `rationale` holds the reason for a
# weight; every item should have one:

# %%
try:
    tree.weights()
except csi.DataError as problem:
    print(problem)
table = tree.to_frame("global").set_index("indicator")[["declared", "rationale"]].iloc[1:]
for policy in ("within_group", "global"):
    table[policy] = tree.to_frame(policy).set_index("indicator")["indicator_weight"]
table[["declared", "within_group", "global", "rationale"]]

# %% [markdown] lang="zh"
# ### 等级换成分数
#
# 原文五档：很满意 `100-90`、满意 `90-70`、比较满意 `70-60`、比较不满意 `60-40`、不满意 `40-20`。
# 相邻两档共用端点，宽窄不一，`20` 以下无人管，好三档坏两档，每档取几分也没说。
# `LevelBands` 把选择写明：含下端不含上端，取中点。

# %% [markdown] lang="en"
# ### Levels become points
#
# Five printed bands (等级): `100-90`, `90-70`, `70-60`, `60-40`, `40-20`. Neighbours share their ends, widths differ,
# nobody covers what is below `20`, three levels are good and two bad, and no value per level is given. `LevelBands`
# writes the choice down: a band holds its lower end, not its upper one, and counts its middle.

# %%
bands = csi.LevelBands()
edges = pd.Series(bands.names_of([100, 90, 89.9, 70, 60, 40, 20, 15]), index=[100, 90, 89.9, 70, 60, 40, 20, 15])
print(dict(zip(bands.names, bands.values().tolist(), strict=True)), "uncovered:", bands.uncovered)
edges.to_frame("level")

# %% [markdown] lang="zh"
# ### 只用问卷：加权指数
#
# `score_index` 给出每个节点的指数和区间。各家企业不能照搬同一张表：行业不同，树就不同。

# %% [markdown] lang="en"
# ### Questionnaires alone: a weighted index
#
# `score_index` gives every node its index and interval. No template fits every firm; another trade, another tree.

# %%
index = csi.score_index(asked, tree, policy="within_group")
csi.plot_tree(index, tree)

# %% [markdown] lang="zh"
# ### 三样合一
#
# `score_blend` 就是整套办法，每条规则是一个参数。原文没说的（没走访怎么办，两样都没有怎么办），
# csi 选了一种并写进说明。`F001` 应与手算一致：

# %% [markdown] lang="en"
# ### All three together
#
# `score_blend` is the whole method, each rule a parameter. Where the text is silent (no visit? neither?), csi chose and
# says so in the notes. `F001` must equal what we got by hand:

# %%
blend = csi.score_blend(asked, visits, log, tree, policy="within_group")
scores = blend.scores().set_index("customer")
assert np.isclose(scores.loc["F001", "final"], by_hand)
blend

# %% [markdown] lang="zh"
# ## 读懂结果
#
# 最终满意度是 0-100 的分，是**这家公司全部客户**的估计，不是“多少客户满意”。
# 感叹号开头的三条先读。再按客户分类看，A 类是重点客户：

# %% [markdown] lang="en"
# ## Read it
#
# The final score is points, 0-100, an estimate for **all customers of the company**, not a share of satisfied ones.
# Read the three lines with exclamation marks first. Then by class of customer; A are the key accounts:

# %%
classes = csi.score_blend(asked, visits, log, tree, policy="within_group", by="customer_class")
csi.plot_estimates(classes, "overall", where={"term": "final"})

# %% [markdown] lang="zh"
# ### 哪条规则最要紧
#
# 敏感性（sensitivity）：一次只换一条规则，其余不变。

# %% [markdown] lang="en"
# ### Which rule matters
#
# Sensitivity (敏感性): one rule changed at a time, all others kept.

# %%
csi.plot_estimates(blend, "sensitivity")

# %% [markdown] lang="zh"
# 争得最凶的权重几乎不影响总分；真正要紧的是“没谈到按几分”、各档取哪一点、问卷与走访的比例。
#
# ### 总共就这么多客户
#
# A 类一共二十四家，问了二十家，抽样误差自然小。这叫有限总体校正（finite population correction）。
# 同一家的几个人不能当几家算，编码簿里的 `cluster` 管这件事。去掉 `population` 再算一遍：

# %% [markdown] lang="en"
# The weights, which people quarrel about, hardly move the total; what did not come up, the point within a band, and the
# shares of questionnaire and visit do.
#
# ### There are only so many customers
#
# Class A has twenty-four firms and twenty were asked, so little is left to chance: finite population correction
# (有限总体校正). Several informants of one firm are not several firms; the role `cluster` sees to that. Without
# `population`:

# %%
endless = csi.score_blend(asked.with_design(weight="weight", strata="customer_class", cluster="firm"),
                          visits.with_design(weight="weight", strata="customer_class"), log, tree,
                          policy="within_group", by="customer_class")  # fmt: skip
sizes = asked.answers.groupby("customer_class").agg(firms=("firm", "nunique"), population=("population", "first"))
for name, result in {"se with": classes, "se without": endless}.items():
    sizes[name] = result.tidy().query("term == 'final'").set_index("group")["std_error"]
sizes

# %% [markdown] lang="zh"
# ### 谁说了算，谁更重要，谁走了
#
# 决策人一句话顶别人十句，可以加重他的答卷（`informants=`）；大客户可以加重（`customer_weights=`，按分类或采购量）；
# 原文自己承认漏了客户流失，可以补上（`attrition=`）。这些都是管理上的选择，要写在报告里：

# %% [markdown] lang="en"
# ### Who decides and who left
#
# One word of the decision maker may undo the rest: weigh informants (`informants=`). Large customers may count more
# (`customer_weights=`, by class or volume). The text admits that it forgot customers who leave: add them
# (`attrition=`). All are choices of management, and belong in the report:

# %%
choices = {
    "as printed": {},
    "decision maker counts 3": {"informants": {"decision_maker": 3, "workshop": 1, "inspector": 1}},
    "classes 3, 2, 1": {"customer_weights": {"A": 3, "B": 2, "C": 1}, "customer_class": "customer_class"},
    "by volume": {"customer_weights": "volume"},
    "left: minus 10": {"attrition": -10},
}
found = {name: csi.score_blend(asked, visits, log, tree, policy="within_group", **choice).value("final")
         for name, choice in choices.items()}  # fmt: skip
pd.DataFrame({name: (one.estimate, one.lower, one.upper) for name, one in found.items()},
             index=["final", "lower", "upper"]).T  # fmt: skip

# %% [markdown] lang="zh"
# ## 查一查
#
# 故意追问一条假定：**没谈到就是满意**。真值已知，按真实满意度把客户分成三等份，看走访分偏了多少：

# %% [markdown] lang="en"
# ## Check it
#
# One assumption under the lamp: **what did not come up is satisfactory**. The truth is known. Split customers into
# thirds by it; how far off is the visit score?

# %%
true = pd.Series(asked.codebook.truth["satisfaction"]["firm"])
third = pd.qcut(true, 3, labels=["least satisfied", "middle", "most satisfied"])
rows = {}
for rule in (70, 80, 90, "left_out"):
    other = csi.score_blend(asked, visits, log, tree, policy="within_group", not_mentioned=rule, inference="none")
    rows[rule] = (other.scores().set_index("customer")["visit"] - true).groupby(third, observed=True).mean()
pd.DataFrame(rows)

# %% [markdown] lang="zh"
# 按“满意”算，最不满的客户被抬高，最满意的被压低，差距被抹平。把没谈到的留空也不行：
# 人们多半谈毛病，于是人人偏低。唯一的办法是走访时逐项问到。
#
# 原文还说问卷“敷衍”，走访更真。把九项全打 `90` 分以上的问卷去掉，看与真值的相关：

# %% [markdown] lang="en"
# Counted as "satisfied", the least satisfied are lifted and the most satisfied pulled down; differences vanish. Leaving
# blanks is no cure: people mention what is wrong, so everybody comes out low. The only cure is to ask, item by item.
#
# The text calls questionnaires perfunctory (敷衍) and visits true. Drop those with nine ratings of `90` or more, and
# look at the correlation with the truth:

# %%
perfunctory = (asked.answers[items] >= 90).all(axis=1)
honest = asked.keep(~perfunctory.to_numpy())
cleaned = csi.score_blend(honest, visits, log, tree, policy="within_group", inference="none")
cleaned = cleaned.scores().set_index("customer")
pd.Series({
    "visits": scores["visit"].corr(true),
    "questionnaires": scores["questionnaire"].corr(true),
    "without the perfunctory": cleaned["questionnaire"].corr(true),
}).to_frame("correlation with the truth")  # fmt: skip

# %% [markdown] lang="zh"
# 在这份模拟里，问卷的毛病几乎全出在敷衍的那几份；认真填的问卷与走访一样准。现实中走访分由自己人打，
# 一旦与奖金挂钩，就不会这么准。
#
# 再看投诉：很满意的处理加两分，会不会有人**因投诉而得分更高**？

# %% [markdown] lang="en"
# In this simulation nearly all harm comes from the perfunctory ones; the others are as good as visits. In real life a
# company's own staff score the visits; once a bonus hangs on it, they will not stay as good.
#
# And complaints: a delighted complainer earns two points. Does anybody **gain by complaining**?

# %%
complained = scores.query("complaints > 0")
left = visits.answers.set_index("firm")["left"]
print(pd.Series({"complained": len(complained), "gained": (complained["adjustment"] > 0).sum(),
                 "lost most": complained["adjustment"].min()}))  # fmt: skip
scores.assign(true=true).groupby(left)[["preliminary", "final", "true"]].mean()

# %% [markdown] lang="zh"
# 有人得了便宜，也有人合计扣掉十几分；没人处理与处理后不满意扣得一样多。下表：流失（`left`）客户的初步分与别家差得不多，
# 扣掉投诉分才显出来，这一步确有用处；流失的只有几家，只能看个大概。
#
# ### 选修：权重从哪里来（层次分析法）
#
# 层次分析法（AHP）请专家两两比较，取主特征向量；一致性比率（CR）超过 `0.10` 就该重判。

# %% [markdown] lang="en"
# Some gain, others lose more than ten points in all, and an unhandled complaint costs no more than one handled badly.
# The table: by the preliminary score, customers who left (a handful, so read it loosely) hardly differ; with complaints
# they do. That step earns its keep.
#
# ### Optional: where weights come from (AHP)
#
# The analytic hierarchy process (层次分析法, AHP) asks judges to compare in pairs and takes the principal eigenvector.
# A consistency ratio (一致性比率, CR) above `0.10` calls for second thoughts.

# %%
groups = ["product", "purchase", "service"]
judges = {"quality dept": [[1, 3, 5], ["1/3", 1, 3], ["1/5", "1/3", 1]],
          "service dept": [[1, 2, "1/2"], ["1/2", 1, "1/3"], [2, 3, 1]],
          "in a hurry": [[1, 3, "1/5"], ["1/3", 1, 3], [5, "1/3", 1]]}  # fmt: skip
ahp = csi.derive_indicator_weights(items=groups, judgements=judges)
print(ahp.check()["meaning"].iloc[0])
table = ahp.tidy("judge_weights").pivot(index="judge", columns="item", values="estimate")
table.join(ahp.tidy("judges").pivot(index="judge", columns="term", values="estimate")["cr"])

# %% [markdown] lang="zh"
# 一致不等于正确：两个部门都不矛盾，却各夸各的。
#
# ### 选修：熵权法会误导
#
# 熵权法（entropy weight）看各单位差别大不大，不看重要不重要。下面四家分厂，质量都好，赠品有多有少：

# %% [markdown] lang="en"
# Consistent is not right: two departments do not contradict themselves, and each praises its own work.
#
# ### Optional: entropy misleads
#
# Entropy weights (熵权法) ask how much cases differ, not what matters. Four plants, all of good quality, with more or
# fewer gifts:

# %%
plants = pd.DataFrame({"quality": [88, 86, 90, 87], "delivery": [80, 84, 78, 82], "gifts": [20, 90, 55, 60]},
                      index=["north", "south", "east", "west"])  # fmt: skip
csi.derive_indicator_weights(cases=plants, methods=["entropy"]).tidy()[["kind", "item", "estimate"]]

# %% [markdown] lang="zh"
# 赠品几乎占了全部权重。问问顾客就不会这样：酒店数据 `hotel` 里，顾客自己分配一百分（陈述重要性），
# 也可以看哪项真正带动总体满意（推导重要性，第 10 课细讲）：

# %% [markdown] lang="en"
# Gifts get nearly everything. Customers would not say so. In `hotel` guests share out one hundred points themselves
# (stated importance, 陈述重要性); what goes along with overall satisfaction is derived importance (推导重要性,
# lesson 10):

# %%
hotel = csi.load_sample("hotel")
dims = ["Tangibles", "Reliability", "Responsiveness", "Assurance", "Empathy"]
felt = [name for name in hotel.codebook.items if name[0] == "p" and name[1:].isdigit()]
part = {dim: [name for name in felt if hotel.codebook.items[name].construct == dim] for dim in dims}
table = pd.DataFrame({dim: np.nanmean(hotel.matrix(names), axis=1) for dim, names in part.items()})
given = [f"points_{dim.lower()}" for dim in dims]
table = table.join(hotel.answers[[*given, "overall"]])
ends = dict.fromkeys(dims, (1, 7)) | dict.fromkeys(given, (0, 100)) | {"overall": (1, 10)}
book = csi.Codebook(items={name: csi.Item(name, scale=csi.Scale(*two, step=0)) for name, two in ends.items()})
methods = csi.derive_indicator_weights(csi.Survey.from_frame(table, book), dims, outcome="overall", points=given)
methods.tidy().pivot(index="item", columns="kind", values="estimate")

# %% [markdown] lang="zh"
# ### 选修：模糊综合评价
#
# 模糊综合评价（fuzzy evaluation）把各等级的人数比例叫隶属度（membership），再用“算子”合成。
# 一个流传的教学例子：同一组数据，四种算子，看各自的结论。旁边放上普通的加权平均：

# %% [markdown] lang="en"
# ### Optional: fuzzy evaluation
#
# Fuzzy comprehensive evaluation (模糊综合评价) calls the shares of people per grade memberships (隶属度) and joins them
# by an "operator". A teaching example in circulation: the same data, four operators. Beside them, the plain weighted
# mean:

# %%
shares = pd.DataFrame({"fabric": [0, 0.3, 0.5, 0.2], "cut": [0.1, 0.5, 0.3, 0.1], "wear": [0.3, 0.6, 0.1, 0],
                       "price": [0.1, 0.5, 0.4, 0], "service": [0, 0.2, 0.3, 0.5]}).T  # fmt: skip
shares.columns = ["poor", "fair", "good", "very good"]
weigh = dict(zip(shares.index, [0.1, 0.1, 0.15, 0.3, 0.35], strict=True))
rows = {}
for operator in ("min_max", "product_max", "min_sum", "product_sum"):
    fuzzy = csi.score_fuzzy(shares, indicator_weights=weigh, operator=operator, grade_values=[0, 33.3, 66.7, 100])
    grades = fuzzy.tidy("fuzzy_grades").query("kind == 'normalised'").set_index("grade")["estimate"]
    rows[operator] = {**grades, "says": grades.idxmax(), "score": float(fuzzy.value("fuzzy_score")),
                      "weighted mean": float(fuzzy.value("weighted_mean"))}  # fmt: skip
pd.DataFrame(rows).T

# %% [markdown] lang="zh"
# 结论从“很好”变到“一般”，顾客一个没换。乘加算子的得分就是加权平均，新增的只有等级分布。
#
# ### 选修：TOPSIS 的名次会翻转
#
# 逼近理想解法（TOPSIS）看离最好、最差各多远。四家供应商，D 垫底；把 D 拿掉，谁第一？

# %% [markdown] lang="en"
# The verdict runs from "very good" to "fair", with the same customers. With product and sum the score is the weighted
# mean; only the grades are new.
#
# ### Optional: ranks of TOPSIS turn round
#
# TOPSIS (逼近理想解法) measures distances to the best and the worst. Four suppliers, D is last. Without D, who wins?

# %%
suppliers = pd.DataFrame([[83, 66, 75], [91, 57, 62], [77, 59, 89], [58, 80, 70]], index=list("ABCD"), columns=groups)
share = {"product": 0.5, "purchase": 0.2, "service": 0.3}
four = csi.score_topsis(suppliers, indicator_weights=share)
three = csi.score_topsis(suppliers.drop("D"), indicator_weights=share)
print(four.check()["meaning"].iloc[0])
both = {"with D": four, "without": three}
pd.DataFrame({name: one.tidy().set_index("case")["estimate"] for name, one in both.items()})

# %% [markdown] lang="zh"
# 一家毫不相干的差单位，决定了谁是冠军。加权平均没有这个毛病。
#
# ## 练习
#
# **04.1 重做** 客户 `F002` 的最终满意度是多少？规则同正文（组内归一，四成六成，没谈到按满意），保留两位小数。

# %% [markdown] lang="en"
# A poor outsider decides who wins. A weighted mean knows no such trouble.
#
# ## Exercises
#
# **04.1 Repeat** What is the final score of customer `F002`? Rules as above (within group, four and six tenths, not
# mentioned counts as satisfied), to two decimals.

# %%
answer = ...
csi.course.check("04.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("04.1", scores.loc["F002", "final"])

# %% [markdown] lang="zh"
# **04.2 变一变** “满意”这一档从 `70` 到 `90`。没谈到的项目按 `90` 算，比按 `70` 算，全体客户的最终满意度高多少分？

# %% [markdown] lang="en"
# **04.2 Vary** The band "satisfied" runs from `70` to `90`. If what did not come up counts `90` instead of `70`, by how
# many points is the final score of all customers higher?

# %%
answer = ...
csi.course.check("04.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
wanted = {("rule_not_mentioned", "90"): 1, ("rule_not_mentioned", "70"): -1}
csi.course.check("04.2", blend.contrast(wanted, table="sensitivity"))

# %% [markdown] lang="zh"
# **04.3 变一变** 哪几家客户投诉过，最终满意度反而比从未投诉还高？填客户代号。

# %% [markdown] lang="en"
# **04.3 Vary** Which customers complained and ended higher than if they had never complained? Give their codes.

# %%
answer = ...
csi.course.check("04.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("04.3", list(scores.index[scores["adjustment"] > 0]))

# %% [markdown] lang="zh"
# **04.4 变一变（选修）** 一位专家两两比较：产品对购销为 `4`，产品对服务为 `2`，购销对服务为 `3`。
# 他的一致性比率是多少？三位小数。

# %% [markdown] lang="en"
# **04.4 Vary (optional)** A judge says: product is `4` times as important as purchase and `2` times as service;
# purchase is `3` times as important as service. What is the consistency ratio? Three decimals.

# %%
answer = ...
csi.course.check("04.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
judge = csi.derive_indicator_weights(items=groups, judgements=[[1, 4, 2], ["1/4", 1, 3], ["1/2", "1/3", 1]])
csi.course.check("04.4", judge.value("1", "cr", table="judges"))

# %% [markdown] lang="zh"
# **04.5 用自己的数据** 为你的单位画一棵指标树，权重要加得起来，提交 `csi.score_index` 的结果。
# 没有数据，就只取 A、B 两类客户，当作自己的调查。

# %% [markdown] lang="en"
# **04.5 Your own data** Draw an indicator tree for your company, with weights that sum, and hand in the result of
# `csi.score_index`. No data? Take classes A and B alone as if they were yours.

# %%
answer = ...
csi.course.check("04.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
large = asked.answers.query("customer_class != 'C'")
own = csi.Survey.from_frame(large, asked.codebook, name="large customers")
mended = {"product": {"quality": 40, "packaging": 15}, "service": {"transport": 20, "problem_handling": 25}}
csi.course.check("04.5", csi.score_index(own, mended))

# %% [markdown] lang="zh"
# ## 要点
#
# - 权重加不起来就停下；选了哪种归一，写进报告。
# - 最要紧的往往不是权重，而是没谈到的、没走访的、没答的怎么算。
# - 客户总数有限，误差要校正；同一家的几个人不是几家。
# - 一致的专家、熵权、模糊算子，都不会替你决定什么重要；旁边总要放一个普通加权平均。
# - 质量管理体系要求测量顾客满意：方法、规则、误差和局限，一并写进报告。
#
# ## 参考文献

# %% [markdown] lang="en"
# ## Key points
#
# - Weights that do not sum stop the work; which repair was chosen goes into the report.
# - What matters most is seldom the weights; it is how blanks count: not mentioned, not visited, not answered.
# - Customers are finite, and errors know it; several people of one firm are not several firms.
# - Consistent judges, entropy and fuzzy operators do not decide what matters; keep a plain weighted mean beside them.
# - A quality system asks for customer satisfaction to be measured: report method, rules, errors and limits.
#
# ## References

# %%
print(blend.cite(), ahp.cite(), sep="\n")
