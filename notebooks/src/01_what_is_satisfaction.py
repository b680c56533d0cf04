# %% [markdown] lang="zh"
# # 同样的服务，为什么有人满意、有人不满意？
#
# **60 分钟** · 适用：窗口、论文、质量、研究 · 必修
#
# 两个人赶上同一辆挤满人的公交车，一个庆幸，一个沮丧。车没有变，变的是拿来比较的标准。
# 测满意度之前，先弄清楚我们测的究竟是什么。
#
# **学完这一课，你能够**
#
# - **辨认**一句话背后的比较标准（练习 01.1）
# - **分开**付出的代价与付出的努力各自的作用（练习 01.2）
# - **比较**三种消费经历规范，看哪一种说得通（练习 01.3）
# - **划分**超出、符合和低于期望的顾客（练习 01.4）
# - **应用**到自己的数据（练习 01.5）
#
# ## 准备

# %% [markdown] lang="en"
# # The same service: why is one customer satisfied and another not?
#
# **60 minutes** · tracks: front office (窗口), thesis (论文), quality (质量), research (研究) · required
#
# Two people catch the same crowded bus. One is delighted, one is crushed. The bus is the same; what they compare it
# with is not. Before satisfaction is measured, we should know what it is.
#
# **You will be able to**
#
# - **recognise** the standard behind a customer's sentence (exercise 01.1)
# - **separate** what cost does to satisfaction from what effort does (exercise 01.2)
# - **compare** three experience norms by what they explain (exercise 01.3)
# - **classify** customers as better than, as, and worse than expected (exercise 01.4)
# - **apply** it to data of your own (exercise 01.5)
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
# `hotel` 是一家酒店的宾客问卷，由程序按已知的真值生成。每件事问两遍：`e` 开头的问期望（好酒店应当怎样），
# `p` 开头的问感知（这家酒店怎样），再加一道总体满意 `overall`。

# %% [markdown] lang="en"
# ## The data
#
# `hotel` holds the answers of guests, simulated from known values. Everything is asked twice: items with `e` ask
# what is expected (期望) of a good hotel, items with `p` what was perceived (感知) in this one. `overall` asks for
# satisfaction.

# %%
hotel = csi.load_sample("hotel")
pairs = {"e05": "p05", "e14": "p14", "e17": "p17", "e01": "p01"}
book = hotel.codebook.items
rows = [(e, csi.language.pick(book[e].text), p, csi.language.pick(book[p].text)) for e, p in pairs.items()]
pd.DataFrame(rows, columns=["expected", "wording of e", "perceived", "wording of p"])

# %%
csi.plot_ratings(hotel, ["e05", "p05", "e01", "p01"])

# %% [markdown] lang="zh"
# ## 五行数据看懂思路
#
# 五位乘客得到的完全一样：一个没有座位的位置，值 `4` 分。上车前各人的期望不同：盛夏狂奔追车的人，
# 以为根本赶不上；秋日悠闲等车的人，早想好了要坐下。

# %% [markdown] lang="en"
# ## The idea on five rows
#
# Five passengers get the same thing: a place without a seat, worth `4` points. Before that they expected different
# things. Who ran for the bus in the heat thought it was lost; who waited at leisure on a fine autumn day had already
# chosen a seat.

# %%
who = csi.language.pick({"en": "ran in the heat, came by chance, commutes daily, waited, waited long",
                         "zh": "盛夏狂奔, 碰巧路过, 天天通勤, 悠闲等车, 等了很久"}).split(", ")  # fmt: skip
bus_stop = pd.DataFrame({"passenger": who, "expected": [1, 3, 4, 6, 8], "got": 4})
bus_stop["difference"] = bus_stop["got"] - bus_stop["expected"]
bus_stop["class"] = np.sign(bus_stop["difference"]).map({1: "better", 0: "as expected", -1: "worse"})
bus_stop

# %% [markdown] lang="zh"
# 结果相同，满意不同。所以顾客满意（customer satisfaction）有一个通行的说法：
# **顾客对自己的需求和期望已被满足程度的感受**，是实际感知与心中标准相比的结果，不是服务本身的性质。
#
# “需求”又分三种，客人不说的那些往往最要紧：
#
# | 需求 | 在酒店 | 没做到 |
# |---|---|---|
# | 明示的 | 订的是无烟房 | 当场提出来 |
# | 通常隐含的 | 床单干净、门能锁 | 想不到会没有 |
# | 必须履行的 | 消防、食品安全 | 违法 |
#
# 第 07 课的 Kano 模型会再遇到它们：隐含的与必须履行的，多半是“必备”要素。

# %% [markdown] lang="en"
# The same outcome, and different satisfaction. Hence the usual definition of customer satisfaction (顾客满意): **how
# far customers feel that their needs and expectations have been met**. It is the outcome of a comparison, not a
# property of the service.
#
# Needs come in three kinds, and the unspoken ones weigh most:
#
# | need | in a hotel | when it fails |
# |---|---|---|
# | explicit (明示) | a non-smoking room was booked | is said at once |
# | implied (隐含) | clean sheets, a door that locks | nobody thought of it |
# | obligatory (必须履行) | fire and food safety | breaks the law |
#
# The Kano model of lesson 07 meets them again: implied and obligatory needs are mostly must-be.

# %% [markdown] lang="zh"
# ### 与什么比？
#
# 心里的标准不止“期望”一种。标准不同，产生的心理认知也不同，问卷的问法跟着不同：
#
# | 比较标准 | 心理认知 | 顾客会说 |
# |---|---|---|
# | 期望 | 期望与实绩之差 | 比我想的慢 |
# | 需要 | 符合需要的程度 | 正合我用 |
# | 卓越（理想） | 质量 | 算不上一流 |
# | 公平 | 公平或不公平 | 凭什么他先办 |
# | 其他可能的结果 | 后悔 | 早知道坐高铁 |
# | 没有比较 | 未评估 | 没想过，就那样 |
#
# 最后一行最容易被忘：没有比较过的人，说不上满意，也说不上不满意，问卷要给“不了解”。

# %% [markdown] lang="en"
# ### Compared with what?
#
# Expectation is one standard of several. Each leads to another cognition (认知), and to another question:
#
# | standard | cognition | a customer says |
# |---|---|---|
# | expectation (期望) | disconfirmation | slower than I thought |
# | needs (需要) | need congruence | just what I need |
# | excellence (卓越) | quality | not first class |
# | fairness (公平) | equity | why was he served first? |
# | other outcomes (其他结果) | regret | I should have gone by train |
# | none (无) | unappraised | never thought about it |
#
# The last row is easily forgotten: who never compared is neither satisfied nor dissatisfied, and needs a "don't
# know" to tick.

# %% [markdown] lang="zh"
# ### 五个特点
#
# | 特点 | 意思 | 怎么测 |
# |---|---|---|
# | 主观性 | 是感受 | 多道题问一个潜变量，第 11 课 |
# | 客观性 | 满意与否确是事实 | 投诉、回购等记录作旁证，第 16 课 |
# | 动态性 | 随人随时变 | 分期跟踪，第 18 课 |
# | 全面性 | 评价涉及方方面面 | 指标体系，第 04 课 |
# | 模糊性 | 难以精确 | 写出区间；模糊综合评价，第 04 课 |

# %% [markdown] lang="en"
# ### Five traits
#
# | trait | meaning | how to measure |
# |---|---|---|
# | subjective (主观性) | a feeling | several items for one construct, lesson 11 |
# | objective (客观性) | being satisfied is a fact | records beside it: complaints, repurchase, lesson 16 |
# | dynamic (动态性) | moves with people and time | waves, lesson 18 |
# | comprehensive (全面性) | covers every side | indicators in a tree, lesson 04 |
# | fuzzy (模糊性) | hard to pin down | intervals; fuzzy evaluation, lesson 04 |

# %% [markdown] lang="zh"
# ## 手工算一遍
#
# 认知—预期模型（cognition-expectation model）只有一句话：**感知高于期望，走向忠诚；相等，满意；低于，抱怨**。
# 取“在说好的时间内办完”这一对，逐位宾客相减，数一数三类各占多少：

# %% [markdown] lang="en"
# ## By hand
#
# The cognition-expectation model (认知-预期模型) is one sentence: **perceived above expected leads to loyalty, equal to
# satisfaction, below to complaint**. Take the pair "does things by the time it named", subtract guest by guest, and
# count the three classes:

# %%
both = hotel.answers[["e05", "p05"]].dropna()
difference = both["p05"] - both["e05"]
by_hand = pd.Series({"better": (difference > 0).mean(), "as expected": (difference == 0).mean(),
                     "worse": (difference < 0).mean()})  # fmt: skip
by_hand

# %% [markdown] lang="zh"
# ## 用 csi 算
#
# `csi.classify_disconfirmation` 一次做多对，每个占比都带区间；反向题先转向，抽样设计也会用上。

# %% [markdown] lang="en"
# ## With csi
#
# `csi.classify_disconfirmation` takes several pairs at once and gives every share its interval; it turns reversed
# items round and honours the design of the sample.

# %%
classes = csi.classify_disconfirmation(hotel, list(pairs), list(pairs.values()))
first = classes.tidy("disconfirmation").head(3)
assert np.allclose(first["estimate"], by_hand)
assert np.isclose(classes.tidy("mean_disconfirmation")["estimate"].iloc[0], difference.mean())
first

# %%
csi.plot_estimates(classes, "mean_disconfirmation", target=0)

# %% [markdown] lang="zh"
# 图中是感知减期望的均值，单位是量表的点。零线左边的，是没有兑现的期望。
#
# ### 满意是个会动的靶子
#
# 让一位顾客满意的东西，未必让另一位满意。按宾客类型分开，看同一件事：

# %% [markdown] lang="en"
# The picture shows perceived minus expected in points of the scale. Left of zero lie expectations that were not met.
#
# ### A moving target
#
# What satisfies one customer need not satisfy another. The same thing by kind of guest (宾客类型):

# %%
groups = csi.classify_disconfirmation(hotel, ["e05"], ["p05"], by="guest_type")
names = {code: csi.language.pick(text) for code, text in hotel.codebook.truth["labels"]["guest_type"].items()}
csi.plot_estimates(groups, "disconfirmation", where={"kind": "worse_than_expected"}, labels=names)

# %%
worse = ("p05", "worse_than_expected", "complaint")
groups.contrast({("business", *worse): 1, ("group", *worse): -1})

# %% [markdown] lang="zh"
# 商务客人比团队客人更常失望：他们期望更高，感知又更低，数据就是这样生成的。上面一行是两者之差，
# 区间不含 0；商务与休闲之间就看不出差别。换个场合，同一位客人也会换标准。
#
# ## 读懂结果
#
# 三类宾客的总体满意差多少？`scores()` 给出每个人的类别：

# %% [markdown] lang="en"
# Business guests are let down more often than groups: they expect more and perceive less, and the data were drawn that
# way. The line above is the difference, and its interval leaves out 0; business and leisure cannot be told apart. On
# another trip the same guest brings another standard.
#
# ## Read it
#
# How does overall satisfaction differ between the classes? `scores()` names the class of each guest:

# %%
found = pd.DataFrame({"class": classes.scores()["p05"], "overall": hotel.answers["overall"]})
found.groupby("class")["overall"].agg(["mean", "count"])

# %% [markdown] lang="zh"
# 次序与模型一致。可是别多说：
#
# - “忠诚”“抱怨”是模型的推论，不是这些宾客做过的事；
# - 占比不说差多少，差一点和差六点都算“低于期望”；
# - 期望打满分的人不可能“超出期望”。
#
# 最后一条可以数出来：

# %% [markdown] lang="en"
# The order is that of the model. But do not say more than that:
#
# - "loyal" and "complaint" are what the model infers, not what these guests did;
# - a share does not say by how much; one point and six points short are the same class;
# - who expects the highest rating cannot be given more.
#
# The last one can be counted:

# %%
sign = np.sign(difference).map({1: "better", 0: "as expected", -1: "worse"})
pd.crosstab(both["e05"], sign, normalize="index")

# %% [markdown] lang="zh"
# ### 凭经验，跟谁比？
#
# 消费经历比较模型说，标准来自用过的东西，有三种规范（experience norms）：最好的品牌、同类一般水平、
# 这一家的一贯水平。下面让程序抽签决定宾客用哪一种，我们来猜：满意与“实绩减规范”的相关越高，越像是它。

# %% [markdown] lang="en"
# ### By experience: compared with whom?
#
# The model of experience norms (消费经历规范) says that standards come from what people have used: the best brand, the
# average of such products, or this brand as it usually is. Here a lot is drawn which norm the guests use, and we
# guess: the better "performance minus norm" explains satisfaction, the likelier it is the one.

# %%
NORMS = ["best_brand", "average_product", "this_brand"]


def draw_guests(seed, n=400):
    rng = np.random.default_rng(seed)
    used = rng.choice(NORMS)  # the lot
    levels = {"best_brand": 8.5, "average_product": 6.5, "this_brand": 7.0}
    guests = pd.DataFrame({name: rng.normal(level, 1.2, n) for name, level in levels.items()})
    guests["performance"] = rng.normal(7.5, 1.0, n)
    guests["satisfaction"] = 6 + 0.7 * (guests["performance"] - guests[used]) + rng.normal(0, 1, n)
    return guests


# %%
guests = draw_guests(seed=1)
r2 = {name: guests["satisfaction"].corr(guests["performance"] - guests[name]) ** 2 for name in NORMS}
pd.Series(r2).to_frame("R2")

# %% [markdown] lang="zh"
# 一个遥遥领先，其余两个靠的只是共有的“实绩”。实际调查里三种规范彼此相关，差别没有这样清楚；
# 规范附近还有一段**无差异区**：差一点点，顾客并不在意。`classify_disconfirmation` 的 `tolerance` 就是它：

# %% [markdown] lang="en"
# One leads by far; the others live on the performance they share. In real surveys the norms are correlated and the
# picture is less clear. Around a norm lies a **zone of indifference** (无差异区): small differences do not matter to
# customers. That is `tolerance` of `classify_disconfirmation`:

# %%
zone = csi.classify_disconfirmation(hotel, ["e05"], ["p05"], tolerance=1)
zone.tidy("disconfirmation")[["kind", "estimate", "lower", "upper"]]

# %% [markdown] lang="zh"
# ### 没有满意，不等于不满意
#
# 赫兹伯格的双因素理论（two-factor theory）认为：满意的对面是“没有满意”，不满意的对面是“没有不满意”。
# 保健因素（hygiene factor）做不好就不满，做好了也只是没有不满；激励因素（motivator）才带来满意。
# 下面让房间干净与否只管“不满”，有没有惊喜只管“高兴”：

# %% [markdown] lang="en"
# ### Not satisfied is not dissatisfied
#
# Herzberg's two factors (双因素): the opposite of satisfaction is no satisfaction, the opposite of dissatisfaction no
# dissatisfaction. A hygiene factor (保健因素) annoys when it fails and pleases nobody when it works; a motivator
# (激励因素) pleases. Here a clean room acts on annoyance only, a nice surprise on pleasure only:

# %%
rng = np.random.default_rng(4)
stays = pd.DataFrame({"clean": rng.random(4000) < 0.5, "surprise": rng.random(4000) < 0.5})
stays["pleased"] = rng.random(4000) < np.where(stays["surprise"], 0.6, 0.1)
stays["annoyed"] = rng.random(4000) < np.where(stays["clean"], 0.05, 0.55)
stays["score"] = 50 + 25 * stays["pleased"] - 25 * stays["annoyed"] + rng.normal(0, 5, 4000)
stays.groupby(["clean", "surprise"])[["pleased", "annoyed", "score"]].mean()

# %% [markdown] lang="zh"
# 看中间两行：平均分几乎一样，一边既没人高兴也没人生气，另一边高兴的和生气的都过半。
# 单看一个平均分，就把两种处境混为一谈。
#
# 因素的身份也会变：竞争一激烈，昨天的惊喜成了今天的本分，激励因素变成保健因素。第 07 课和第 10 课再用数据检验。

# %% [markdown] lang="en"
# Look at the two rows in the middle: nearly the same score, yet in one hardly anybody is pleased or annoyed, in the
# other more than half are pleased and more than half annoyed. One mean cannot tell them apart.
#
# Factors change sides, too: under competition yesterday's surprise is today's duty, and a motivator becomes a hygiene
# factor. Lesson 07 and lesson 10 test this on data.

# %% [markdown] lang="zh"
# ### 几个容易混的词
#
# | 词 | 说的是 |
# |---|---|
# | 服务质量 | 服务做得怎样，按可靠、响应等维度评 |
# | 客户体验 | 整个过程中的全部感受 |
# | 顾客满意 | 比较之后的判断 |
# | 顾客满意指数（CSI） | 满意程度的量值 |
#
# 指数也有两种：一种由服务指标加权合成（第 04 课），一种是覆盖各类商品和服务的经济指数，由模型估计（第 11 课）。
# 报告“满意度九成”之前，先说清是**满意率**、**平均分**还是**指数**。同一批宾客：

# %% [markdown] lang="en"
# ### Words that are mixed up
#
# | word | about |
# |---|---|
# | service quality (服务质量) | how well it is done: reliability, response ... |
# | customer experience (客户体验) | all that is felt on the way |
# | satisfaction (顾客满意) | the judgement after a comparison |
# | satisfaction index, CSI (顾客满意指数) | its degree as a number |
#
# And CSI has two meanings: a weighted composite of service indicators (lesson 04), and an economic index over goods
# and services, estimated by a model (lesson 11). "Satisfaction is ninety" may be a **rate**, a **mean** or an
# **index**. The same guests:

# %%
overall = hotel.answers["overall"].dropna()
pd.Series({"satisfied, 8 or better (%)": 100 * (overall >= 8).mean(), "satisfied, 6 or better (%)":
           100 * (overall >= 6).mean(), "percent of the maximum": 10 * overall.mean(),
           "points, 0-100": 100 * (overall - 1).mean() / 9}).round(1).to_frame("overall")  # fmt: skip

# %% [markdown] lang="zh"
# ## 查一查
#
# 公交车的故事有两条启示，方向相反：**付出的代价（cost）越高，期望越高，越不满意；付出的努力（effort）越多，
# 越珍惜，越满意**。可是人们往往又等又跑，两者同增同减。我们把两条都种进数据：

# %% [markdown] lang="en"
# ## Check it
#
# The story of the bus is told with two morals that point in opposite directions: **the higher the cost (代价), the
# higher the expectation, the less satisfaction; the more effort (努力), the more it is treasured**. People who make an
# effort mostly pay a cost as well. We plant both:

# %%
rng = np.random.default_rng(7)
bus = pd.DataFrame({"effort": rng.integers(0, 4, 2000)})  # 0 strolled ... 3 ran all the way
bus["minutes"] = 4 + 4 * bus["effort"] + rng.normal(0, 3, 2000)  # what it cost in time
bus["expected"] = 3 + 0.1 * bus["minutes"] + rng.normal(0, 0.5, 2000)  # more cost, more expected
bus["satisfaction"] = 5 + (4 - bus["expected"]) + 0.9 * bus["effort"] + rng.normal(0, 1, 2000)
bus.groupby("effort").mean()

# %% [markdown] lang="zh"
# 现在故意漏掉一个：只看时间，不管努力；再两个一起看。“一起”就是最小二乘回归，第 09 课会细讲。

# %% [markdown] lang="en"
# Now leave one out on purpose: time alone, effort ignored; then both together, by least squares, which lesson 09
# explains.

# %%
alone = {name: np.polyfit(bus[name], bus["satisfaction"], 1)[0] for name in ("minutes", "effort")}
design = np.column_stack([np.ones(len(bus)), bus[["minutes", "effort"]]])
together = np.linalg.lstsq(design, bus["satisfaction"], rcond=None)[0][1:]
pd.DataFrame({"alone": alone, "together": dict(zip(alone, together, strict=True)),
              "planted": {"minutes": -0.1, "effort": 0.9}})  # fmt: skip

# %% [markdown] lang="zh"
# 只看时间，竟像是等得越久越满意：那其实是努力的功劳，正负号都错了。两个一起看，才找回种下去的真值。
# 所以见到“越等越满意”的图，先问：**还有什么跟着一起变？**
#
# ## 练习
#
# **01.1 重做** 三位顾客说：“隔壁那位买的同款便宜一半。”“当初选另一家就好了。”“功能不多，可正好解决我的问题。”
# 各用了哪种标准？从 `expectation`、`needs`、`excellence`、`fairness`、`other_outcomes`、`none` 中提交三个。

# %% [markdown] lang="en"
# With time alone it looks as if waiting pleased people: the credit belongs to effort, and even the sign is wrong. Both
# together find what was planted. Whenever a picture says "the longer, the happier", ask: **what else moved along?**
#
# ## Exercises
#
# **01.1 Repeat** Three customers say: "My neighbour paid half for the same thing." "I should have gone to the other
# shop." "It does little, but that solves my problem." Which standards do they use? Hand in three of `expectation`,
# `needs`, `excellence`, `fairness`, `other_outcomes`, `none`.

# %%
answer = ...
csi.course.check("01.1", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("01.1", ["fairness", "other_outcomes", "needs"])

# %% [markdown] lang="zh"
# **01.2 变一变** 在 `bus` 中，多付出一级努力所增加的满意，要多等几分钟才会抵消？用“一起”的两个系数来算。

# %% [markdown] lang="en"
# **01.2 Vary** In `bus`: how many more minutes cancel the satisfaction that one more step of effort brings? Use the two
# coefficients that were found together.

# %%
answer = ...
csi.course.check("01.2", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
csi.course.check("01.2", together[1] / -together[0])

# %% [markdown] lang="zh"
# **01.3 变一变** 另一批宾客又抽了一次签：`draw_guests(seed=5)`。他们用的是哪一种规范？提交它的名称。

# %% [markdown] lang="en"
# **01.3 Vary** Other guests drew another lot: `draw_guests(seed=5)`. Which norm do they use? Hand in its name.

# %%
answer = ...
csi.course.check("01.3", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
others = draw_guests(seed=5)
r2 = {name: others["satisfaction"].corr(others["performance"] - others[name]) ** 2 for name in NORMS}
csi.course.check("01.3", max(r2, key=r2.get))

# %% [markdown] lang="zh"
# **01.4 变一变** `e17` 与 `p17`（员工熟悉业务）：无差异区取一个量表点，低于期望的宾客占多少？提交占比，0 到 1 之间。

# %% [markdown] lang="en"
# **01.4 Vary** `e17` and `p17` (staff know what they are talking about): with a zone of indifference of one point, what
# share of guests found it worse than expected? Hand in the share, between 0 and 1.

# %%
answer = ...
csi.course.check("01.4", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
staff = csi.classify_disconfirmation(hotel, ["e17"], ["p17"], tolerance=1).tidy("disconfirmation")
csi.course.check("01.4", staff.set_index("kind")["estimate"]["worse_than_expected"])

# %% [markdown] lang="zh"
# **01.5 用自己的数据** 找一对问期望与感知的题，用 `csi.classify_disconfirmation` 算出结果并提交。
# 没有数据，就取样本的一部分。

# %% [markdown] lang="en"
# **01.5 Your own data** Take a pair of questions, one on what was expected and one on what was perceived, and hand in
# the result of `csi.classify_disconfirmation`. No data? Take a part of the sample.

# %%
answer = ...
csi.course.check("01.5", answer)

# %% tags=["solution"] jupyter={"source_hidden": true}
# 参考解答 solution
business = hotel.answers.query("guest_type == 'business'")
own = csi.Survey.from_frame(business, hotel.codebook, name="business guests")
csi.course.check("01.5", csi.classify_disconfirmation(own, ["e05"], ["p05"]))

# %% [markdown] lang="zh"
# ## 要点
#
# - 满意是比较的结果：同样的服务，标准不同，满意就不同。
# - 标准可以是期望、需要、理想、公平、别的结果，也可能根本没有比较。
# - 高于期望走向忠诚、相等则满意、低于则抱怨：这是模型的说法，要用行为数据去验证。
# - 没有满意不等于不满意；一个平均分会把两者混为一谈。
# - 代价与努力方向相反又常常同行，漏掉一个，连正负号都会错。
#
# ## 参考文献
#
# 经历规范出自 Woodruff、Cadotte 与 Jenkins（1983）；双因素出自赫兹伯格，此处按教材转述。期望—实绩模型：

# %% [markdown] lang="en"
# ## Key points
#
# - Satisfaction is the outcome of a comparison: the same service, another standard, another satisfaction.
# - The standard may be expectation, need, excellence, fairness, another outcome, or none.
# - Above expectation loyal, equal satisfied, below complaint: so says the model; behaviour has to confirm it.
# - Not satisfied is not dissatisfied; one mean mixes them up.
# - Cost and effort pull in opposite directions and travel together; leave one out, and even the sign is wrong.
#
# ## References
#
# Experience norms: Woodruff, Cadotte and Jenkins (1983). Two factors: Herzberg, as quoted in textbooks. Expectation and
# disconfirmation:

# %%
print(classes.cite())
