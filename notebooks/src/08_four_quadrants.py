# %% [markdown] lang="zh"
# # 先改哪一项，才用在刀刃上？
#
# **60 分钟** · 适用：窗口、质量 · 必修
#
# 分数最低的那一项，不一定最该改：它可能没人在意。四分图模型把“做得怎样”与“有多要紧”放在一张图上，
# 一眼看出先后。这一课还要问：**线画在哪里？点有多准？换一条线，结论变不变？**
#
# **学完这一课，你能够**
#
# - **划分**一张印好的表（练习 08.1）
# - **推导**一项服务的重要性（练习 08.2）
# - **判断**哪些项目的区域确定无疑（练习 08.3）
# - **识破**看着重要、其实不起作用的项目（练习 08.4）
# - **分析**自己的数据（练习 08.5）
#
# ## 准备

# %% [markdown] lang="en"
# # What should we improve first?
#
# **60 minutes** · tracks: front office (窗口), quality (质量) · required
#
# The lowest score is not always the first to mend: perhaps nobody minds. The four-quadrant model puts "how well" and
# "how much it matters" into one picture. This lesson also asks: **where do the lines stand, how sure are the points,
# and does the answer survive another line?**
#
# **You will be able to**
#
# - **classify** the rows of a printed table (exercise 08.1)
# - **derive** the importance of a service (exercise 08.2)
# - **judge** whose quadrant is certain (exercise 08.3)
# - **unmask** what looks important and has no effect (exercise 08.4)
# - **analyse** data of your own (exercise 08.5)
#
# ## Set-up

# %%
import numpy as np
import pandas as pd

import csi

csi.use_language("en")
say = csi.language.pick
pd.set_option("display.float_format", "{:.3f}".format, "display.max_colwidth", None)

# %% [markdown] lang="zh"
# ## 数据
#
# `mobile` 是四家运营商用户的模拟调查，七道题评质量，一道题评总体满意 `sat_overall`。
# 出错频率 `quality_wrong` 是反向题，csi 会先转向。
#
# 问哪些项目，可以从这份清单起步，再按行业增减：
#
# | 评价内容 | 样本里的例子 |
# |---|---|
# | 产品质量 | `quality_overall` |
# | 交货及时 | `pvc_customers` 的 `transport` |
# | 价格公道 | `value_price` |
# | 售前售后服务 | `quality_service` |
# | 响应速度 | `hotel` 的 `p11` |
# | 问题解决 | `complaint_handling` |
# | 沟通 | `quality_information` |

# %% [markdown] lang="en"
# ## The data
#
# `mobile` is a simulated survey of users of four operators: seven items on quality, one on overall satisfaction,
# `sat_overall`. The item `quality_wrong` is reversed (反向题); csi turns it round.
#
# A list of contents (评价内容) to start from:
#
# | content | example in a sample |
# |---|---|
# | quality of the product | `quality_overall` |
# | punctual delivery | `transport` of `pvc_customers` |
# | fair price | `value_price` |
# | service before and after sales | `quality_service` |
# | quick response | `p11` of `hotel` |
# | problems solved | `complaint_handling` |
# | communication | `quality_information` |

# %%
mobile = csi.load_sample("mobile")
Q = [item for item in mobile.items if item.startswith("quality_")]
short = {"en": "overall quality, fits needs, few faults, network, customer service, range, information",
         "zh": "总体质量, 合乎需要, 少出错, 网络, 客户服务, 产品种类, 信息清楚"}  # fmt: skip
names = dict(zip(Q, say(short).split(", "), strict=True))
pd.DataFrame({"name": names, "question": {q: say(mobile.codebook.items[q].text) for q in Q}})

# %%
csi.plot_ratings(mobile, Q)

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 一个办事大厅的五项服务，重要性和绩效都是五分制。两条线取各自的均值，分出四个区：

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five services of a service hall, importance (重要性) and performance (绩效) on five points. The means of both are the
# two lines, and there are four quadrants:

# %%
what = say({"en": "waiting time, staff knows rules, clear forms, parking, tea",
            "zh": "等候时间, 业务熟练, 表格易懂, 停车, 茶水"})  # fmt: skip
hall = pd.DataFrame({"importance": [4.8, 4.7, 4.2, 3.1, 1.9], "performance": [2.4, 4.5, 3.0, 2.6, 4.6]},
                    index=what.split(", "))  # fmt: skip
high = hall >= hall.mean()
hall["quadrant"] = np.select(
    [high["importance"] & high["performance"], high["importance"], ~high["performance"]],
    ["keep_up", "concentrate_here", "low_priority"], "possible_overkill")  # fmt: skip
hall

# %% [markdown] lang="zh"
# | 区 | 重要 | 做得好 | csi 的名称 | 怎么办 |
# |---|---|---|---|---|
# | 优势区 | 是 | 是 | `keep_up` | 保持，宣传 |
# | 修补区（改进区） | 是 | 否 | `concentrate_here` | 先改这里 |
# | 机会区 | 否 | 否 | `low_priority` | 看有没有机会，不急 |
# | 维持区 | 否 | 是 | `possible_overkill` | 维持，别再加码 |
#
# 四分图模型（four-quadrant model）又称重要性—绩效分析（importance-performance analysis，IPA）。
# 等候时间最该先改；茶水再好也不能抵。停车同样不好，但没那么要紧。

# %% [markdown] lang="en"
# | quadrant | important | done well | name in csi | what to do |
# |---|---|---|---|---|
# | strengths (优势区) | yes | yes | `keep_up` | keep it up |
# | repair (修补区) | yes | no | `concentrate_here` | mend this first |
# | opportunities (机会区) | no | no | `low_priority` | no hurry |
# | maintenance (维持区) | no | yes | `possible_overkill` | hold, add nothing |
#
# The four-quadrant model (四分图模型) is also called importance-performance analysis (IPA, 重要性—绩效分析). Waiting
# comes first; tea, however good, makes up for nothing. Parking is as bad, and matters less.

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 绩效好办：`0-100` 分的加权均值。重要性从哪里来？一种是**直接问**，叫陈述重要性（stated importance）；
# 另一种是**从数据推**，看哪一项与总体满意走得最近，叫推导重要性（derived importance），最常用的是相关系数：

# %% [markdown] lang="en"
# ## By hand
#
# Performance is easy: weighted means on `0-100`. Where does importance come from? Either it is **asked for** (stated
# importance, 陈述重要性), or it is **derived** (推导重要性): which item moves with overall satisfaction? Mostly by a
# correlation:

# %%
ratings = pd.DataFrame(mobile.matrix(Q), columns=Q)
overall, weight = mobile.answers["sat_overall"], mobile.answers["weight"]


def correlate(x, y):
    both = x.notna() & y.notna()
    cov = np.cov(x[both], y[both], aweights=weight[both])
    return cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1])


# %%
mean = {q: np.average(ratings[q].dropna(), weights=weight[ratings[q].notna()]) for q in Q}
by_hand = pd.DataFrame({"importance": {q: correlate(ratings[q], overall) for q in Q},
                        "performance": 100 * (pd.Series(mean) - 1) / 9})  # fmt: skip
above = by_hand >= by_hand.mean()
by_hand.assign(important=above["importance"], good=above["performance"], name=names)

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.score_quadrants` 算出同样的数，并给每个点和两条线配上误差（线是点的均值，也有误差）：

# %% [markdown] lang="en"
# ## With csi
#
# `csi.score_quadrants` gives the same numbers, with errors of the points and of the two lines: a line that is a mean of
# points has an error too.

# %%
quadrants = csi.score_quadrants(mobile, Q, outcome="sat_overall")
found = quadrants.tidy("positions").pivot(index="item", columns="term", values="estimate").loc[Q]
assert np.allclose(found, by_hand)
quadrants.tidy("quadrants")[["item", "kind", "term", "estimate", "lower", "upper"]]

# %%
csi.plot_quadrants(quadrants, labels=names)

# %% [markdown] lang="zh"
# 横轴是绩效，纵轴是重要性，椭圆是误差范围。彩色的点碰到了线：它落在哪个区，由偶然决定。
#
# ## 读懂结果
#
# ### 区域也有集合
#
# 与 Kano 的类别一样，区域没有标准误，有的是**类别集合**（label set）：在给定置信水平上不能拒绝的区域。

# %% [markdown] lang="en"
# Across: performance; up: importance; the ellipses are errors. Points in the other colour touch a line: chance chose
# their quadrant.
#
# ## Read it
#
# ### Quadrants come in sets
#
# Like a Kano class, a quadrant has no standard error but a **label set** (类别集合): all quadrants that are not
# rejected at a level.

# %%
csi.list_labels(quadrants).assign(name=lambda table: table["item"].map(names))

# %% [markdown] lang="zh"
# 三千份问卷，七项里只有两项的区域确定。“信息清楚”四个区都有可能：它正好压在两条线的交点上。
# **报告里只写得下集合里只有一个区的项目**；其余的写“分不清”，不要硬派任务。
#
# 它也不说：差多少才值得改，改要花多少钱，改了会不会见效。
#
# ### 线画在哪里
#
# Martilla 与 James（1977）评汽车经销商服务部的十四项属性，四分制。数字按转引，没有误差可算，
# `csi.score_quadrants` 照样能分类：

# %% [markdown] lang="en"
# Of seven items, with three thousand questionnaires, two are certain. "Information" could be in any quadrant: it sits
# where the lines cross. **Only items with one quadrant in their set belong in a report**; of the others say that they
# cannot be told.
#
# Nor does the map say how much change is worth its cost, or whether change will work.
#
# ### Where to draw the lines
#
# Martilla and James (1977): fourteen attributes of a car dealer's service, four points, as quoted. Printed tables have
# no errors; `csi.score_quadrants` classifies them all the same:

# %%
fourteen = {"en": "right first time, complaints, prompt warranty, any job, available, courteous, ready when promised, "
                  "only necessary work, low prices, clean up, near home, near work, courtesy bus, notices",
            "zh": "一次修好, 投诉处理, 保修及时, 什么活都能干, 约得上, 热情有礼, 按时交车, 不多做, 价格低, 修后清洁, "
                  "离家近, 离单位近, 接送班车, 保养提醒"}  # fmt: skip
dealer = pd.DataFrame({
    "item": say(fourteen).split(", "),
    "importance": [3.83, 3.63, 3.60, 3.56, 3.41, 3.41, 3.38, 3.37, 3.29, 3.27, 2.52, 2.43, 2.37, 2.05],
    "performance": [2.63, 2.73, 3.15, 3.00, 3.05, 3.29, 3.03, 3.11, 2.00, 3.02, 2.25, 2.49, 2.35, 3.33],
})  # fmt: skip
csi.plot_quadrants(csi.score_quadrants(dealer, cuts="mean"))


# %%
def read_kinds(cuts):
    table = csi.score_quadrants(dealer, cuts=cuts).tidy("quadrants")
    return table.drop_duplicates("item").set_index("item")["kind"]


cuts = pd.DataFrame({str(cut): read_kinds(cut) for cut in ("mean", "median", 2.5, "diagonal")})
mean_I, mean_P = dealer["importance"].mean(), dealer["performance"].mean()
repair = dealer.query("importance >= @mean_I and performance < @mean_P")["item"]
assert set(repair) == set(cuts.index[cuts["mean"] == "concentrate_here"])
cuts

# %% [markdown] lang="zh"
# - **均值**：“价格低”在修补区；换成**中位数**，它进了机会区，“什么活都能干”顶上来；
# - **量表中点** `2.5`：几乎样样重要，优势区挤满，修补区变了样。有量表的调查写 `cuts="scale"`；
# - **对角线**：重要性高过绩效的都要改，十四项里只有两项不用。两轴须同一量表，而顾客总把重要性打得高。
#
# 均值和中位数是相对的：线总从点的中间穿过，再好的企业也有修补区。线要在看数据之前定好，最好另给一条管理上的目标线：
# `cuts` 可以是一对数（重要性，绩效）。

# %% [markdown] lang="en"
# - **means**: "low prices" need repair; with **medians** they are of low priority, and "any job" takes their place;
# - **middle of the scale**, `2.5`: nearly everything is important, and repair looks different. With a scale in the
#   codebook say `cuts="scale"`;
# - **diagonal**: mend whatever is more important than it is good: all but two of fourteen. Both axes need one scale,
#   and people rate importance high.
#
# Means and medians are relative: the line runs through the points, and the best firm has something to repair. Fix the
# lines before you see the data, best of all a target: `cuts` may be a pair (importance, performance).

# %% [markdown] lang="zh"
# ### 嘴上说的重要，与数据里的重要
#
# `hotel` 两样都有：期望题 `e` 常被当作陈述重要性，`overall` 可用来推导。生成数据时，真正左右总体满意的是
# **响应**（第十一、十二题）。取十题比一比：

# %% [markdown] lang="en"
# ### Important as said, important as found
#
# `hotel` has both: the expectations `e` often serve as stated importance, and `overall` to derive it. What really
# drives overall satisfaction in these data is **responsiveness** (items eleven and twelve). Ten items both ways:

# %%
hotel = csi.load_sample("hotel")
ten = ["02", "04", "05", "09", "11", "12", "14", "16", "18", "22"]
P, E = {k: "p" + k for k in ten}, {k: "e" + k for k in ten}
stated = csi.score_quadrants(hotel, P, importance=E)
derived = csi.score_quadrants(hotel, P, outcome="overall")
found = derived.tidy("positions").query("term == 'importance'").set_index("item")["estimate"]
sets = {"stated": csi.list_labels(stated), "derived": csi.list_labels(derived)}
both = pd.DataFrame({name: table.set_index("item")["labels"] for name, table in sets.items()})
both.insert(0, "correlation", found)
both.assign(dimension=[hotel.codebook.items[item].construct for item in P.values()]).sort_values("correlation")

# %%
dims = {"Tangibles": "有形", "Reliability": "可靠", "Responsiveness": "响应", "Assurance": "保证", "Empathy": "移情"}
dims = {en: say({"en": en, "zh": zh}) for en, zh in dims.items()}
called = {k: f"{dims[hotel.codebook.items[item].construct]} {k}" for k, item in P.items()}
csi.plot_quadrants(derived, labels=called)

# %%
ends = pd.DataFrame(hotel.matrix(list(E.values())))  # reversed items turned round
matters = stated.tidy("positions").query("term == 'importance'")["estimate"]
pd.Series({"6 or 7 of 7 points (share)": (ends >= 6).to_numpy().sum() / ends.notna().to_numpy().sum(),
           "lowest stated importance": matters.min(), "highest": matters.max()}).to_frame("stated")  # fmt: skip

# %% [markdown] lang="zh"
# 陈述重要性挤在高分段，这叫**天花板效应**（ceiling effect）：什么都重要，等于什么都没说。它偏向第 07 课的必备要素：
# 缺了会恼火的，嘴上都说重要。推导重要性找回了“响应”，可它只看谁和总体满意一起动，人人都做得一样好的项目相关就低，
# 哪怕它是命根子。两种并排看，分歧之处去问顾客。

# %% [markdown] lang="en"
# Stated importance crowds at the top, a **ceiling effect** (天花板效应): where everything is important, nothing is. It
# leans to the must-be features of lesson 07: what would annoy when missing. Derived importance finds responsiveness;
# but it sees only what moves with overall satisfaction, and what everybody does equally well correlates little, however
# vital. Put both side by side, and ask customers where they part.

# %% [markdown] lang="zh"
# ### 重要性不是原因
#
# 一起动，不等于一个推动另一个。下面的商店，四项里由程序抽签：一项真正管用，一项**毫无作用**，
# 只是好店碰巧两样都好：

# %% [markdown] lang="en"
# ### Importance is not a cause
#
# Moving together is not moving the other. In this shop a lot decides: one item has a real effect, another has **none
# at all**, except that good shops happen to be good at both:


# %%
def draw_shop(seed, n=1500):
    rng = np.random.default_rng(seed)
    main, idle, third, fourth = rng.permutation(["welcome", "speed", "stock", "signs"])  # the lot
    x = dict(zip([main, third, fourth], rng.normal(size=(3, n)), strict=True))
    x[idle] = 0.9 * x[main] + 0.45 * rng.normal(size=n)
    x["overall"] = 0.7 * x[main] + 0.35 * x[third] + 0.15 * x[fourth] + rng.normal(0, 0.6, n)
    level = {main: 62, idle: 50, third: 56, fourth: 60, "overall": 60}
    return pd.DataFrame({name: (level[name] + 12 * x[name]).round().clip(0, 100) for name in sorted(x)})


# %%
hundred = csi.Codebook.from_yaml("""
scales: {hundred: {lo: 0, hi: 100}}
items: {overall: {scale: hundred}, signs: {scale: hundred}, speed: {scale: hundred}, stock: {scale: hundred},
        welcome: {scale: hundred}}
""")  # fmt: skip
shop = csi.Survey.from_frame(draw_shop(seed=1), hundred, name="shop")
four = ["signs", "speed", "stock", "welcome"]
ways = {m: csi.score_quadrants(shop, four, outcome="overall", method=m) for m in ("correlation", "regression")}
rows = {m: r.tidy("quadrants").query("term == 'importance'").set_index("item") for m, r in ways.items()}
pd.concat({m: table[["estimate", "lower", "upper", "kind"]] for m, table in rows.items()}, axis=1)

# %% [markdown] lang="zh"
# 按相关系数，有一项在修补区，占着头一份预算；放进同一个回归（`method="regression"`），
# 它的系数接近零，区间含 0：没有作用的就是它。花钱改它，一分不涨。
#
# 回归也不是万能：没问到的原因照样会混进来，题目彼此太像时系数又会乱跳。第 09 课讲回归，第 10 课讲怎样分摊重要性。
#
# ### 与指数模型相连
#
# 有结构模型时，重要性可取**总效应**（一个潜变量提高一分，满意指数提高几分），绩效取潜变量指数，
# 这就是 IPMA，画图时两轴与上面对调，第 11 课细讲：

# %% [markdown] lang="en"
# By correlation one item needs repair and gets the first budget; in one regression (`method="regression"`) its
# coefficient is near zero, and the interval holds 0: it is the one without effect. Money spent there buys nothing.
#
# Regression is no cure-all: causes nobody asked about get in, and items that resemble each other make coefficients
# jump. Lesson 09 teaches regression, lesson 10 how to share importance out.
#
# ### The link to index models
#
# With a path model, importance can be the **total effect** (总效应) in index points and performance the index of a
# construct. This is the IPMA, drawn with its axes exchanged; lesson 11 goes into it:

# %%
fit = csi.fit_pls(mobile, "ECSI_2005", n_boot=200)
csi.plot_priorities(fit)

# %% [markdown] lang="zh"
# ## 查一查
#
# 故意动一动问法：把“总体质量”换成一道**更容易得高分的题**，人人多给三分，封顶十分。顾客的心意一点没变，图会变吗？

# %% [markdown] lang="en"
# ## Check it
#
# Change the wording on purpose: let "overall quality" be asked so that it is **easier to praise**, three points more
# for everybody, ten at most. Nothing changed in anybody's mind. Does the map?

# %%
answers = mobile.answers
praised = answers.assign(quality_overall=(answers["quality_overall"] + 3).clip(upper=10))
easy = csi.Survey.from_frame(praised, mobile.codebook, name="easier question")
again = csi.score_quadrants(easy, Q, outcome="sat_overall")
rows = {name: one.tidy("quadrants").query("term == 'importance'").set_index("item")
        for name, one in {"as asked": quadrants, "easier": again}.items()}  # fmt: skip
pd.concat({name: table[["estimate", "kind"]] for name, table in rows.items()}, axis=1).rename(index=names)

# %% [markdown] lang="zh"
# 天花板压扁了这道题的差异，相关随之下降，“总体质量”不再重要。更糟的是**别的题也跟着搬家**：均值线是大家共用的，
# 一题抬高，绩效线右移，本来还好的就成了“不好”。所以各题的问法和量表要一致，两期之间也不能换题。
#
# ## 练习
#
# **08.1 重做** 管理层事先定了目标：重要性从 `3.4` 起算重要，绩效到 `3.1` 才算好。
# `dealer` 里哪些属性在修补区？提交名称列表。

# %% [markdown] lang="en"
# The ceiling flattens the item, its correlation falls, and "overall quality" stops being important. Worse, **other
# items move as well**: they share the line of means, one item lifts it, and what was good enough is no longer. Keep
# wording and scale alike across items, and do not change items between waves.
#
# ## Exercises
#
# **08.1 Repeat** The management had set targets: important from `3.4`, good from `3.1`. Which attributes of `dealer`
# need repair (`concentrate_here`)? Hand in a list of their names.

# %%
answer = ...
csi.course.check("08.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
goal = read_kinds((3.4, 3.1))
csi.course.check("08.1", list(goal.index[goal == "concentrate_here"]))

# %% [markdown] lang="zh"
# **08.2 变一变** 换一个结果变量：与 `loyal_recommend`（愿意推荐）相比，
# `quality_products` 的推导重要性（加权相关系数）是多少？

# %% [markdown] lang="en"
# **08.2 Vary** Another outcome: what is the derived importance (weighted correlation) of `quality_products` for
# `loyal_recommend`?

# %%
answer = ...
csi.course.check("08.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("08.2", correlate(ratings["quality_products"], mobile.answers["loyal_recommend"]))

# %% [markdown] lang="zh"
# **08.3 变一变** 五道形象题（`image_` 开头），结果变量仍用 `sat_overall`，均值线。在 95% 置信水平上，
# 哪些题的区域只有一个？

# %% [markdown] lang="en"
# **08.3 Vary** The five items on image (`image_...`), outcome `sat_overall`, lines at the means. Which items have a
# single quadrant left at 95%?

# %%
answer = ...
csi.course.check("08.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
image = [item for item in mobile.items if item.startswith("image_")]
sets = csi.list_labels(csi.score_quadrants(mobile, image, outcome="sat_overall"))
csi.course.check("08.3", sets.loc[~sets["labels"].str.contains("|", regex=False), "item"].tolist())

# %% [markdown] lang="zh"
# **08.4 变一变** 另一家商店重新抽签：`draw_shop(seed=5)`。四项里哪一项毫无作用？提交列名。

# %% [markdown] lang="en"
# **08.4 Vary** Another shop drew another lot: `draw_shop(seed=5)`. Which of the four has no effect? Hand in its name.

# %%
answer = ...
csi.course.check("08.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
other = csi.Survey.from_frame(draw_shop(seed=5), hundred, name="other shop")
table = csi.score_quadrants(other, four, outcome="overall", method="regression").tidy("positions")
effects = table.query("term == 'importance'").set_index("item")["estimate"]
csi.course.check("08.4", effects.abs().idxmin())

# %% [markdown] lang="zh"
# **08.5 用自己的数据** 选三项以上的评分题和一道总体题，提交 `csi.score_quadrants` 的结果。没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **08.5 Your own data** Take three or more rated items and an overall one, and hand in the result of
# `csi.score_quadrants`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("08.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
business = csi.Survey.from_frame(hotel.answers.query("guest_type == 'business'"), hotel.codebook, name="business")
csi.course.check("08.5", csi.score_quadrants(business, P, outcome="overall"))

# %% [markdown] lang="zh"
# ## 要点
#
# - 重要而做得不好，先修补；重要又好，是优势；其余两区不急。
# - 重要性可以问，也可以推；嘴上的会碰天花板，推来的只是一起动。
# - 线可取均值、中位数、量表中点、对角线或目标值；换线就换答案，要先定后看。
# - 区域要报集合，压线的项目不派任务。
# - 四分图不说因果、不说成本，也不说改多少。
#
# ## 参考文献
#
# Martilla 与 James 的十四项数字按转引。

# %% [markdown] lang="en"
# ## Key points
#
# - Important and badly done comes first; important and good is a strength; the rest can wait.
# - Importance is asked for or derived: the one hits a ceiling, the other only moves along.
# - Lines at means, medians, middles, the diagonal or targets give different answers: fix them first.
# - Report sets of quadrants; an item on a line gets no orders.
# - The map says nothing of causes, costs or amounts.
#
# ## References
#
# The fourteen attributes of Martilla and James are as quoted.

# %%
print(quadrants.cite())
