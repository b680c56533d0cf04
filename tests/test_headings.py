"""What a heading says of its column, in nine languages, and what it only seems to say."""

from __future__ import annotations

import pytest

from csi.data.headings import heading_of, private_cells

PRIVATE = {
    "name": "姓名|你的姓名|您的姓名：|3、您的姓名|Name|Full Name|fullName|first_name|What is your name?|"
    "Your name (optional)|CustomerName|Guest name|Nama|Nama Lengkap|Nama Responden|Siapa nama Anda?|Nombre|"
    "Nombre completo|Nombre y apellidos|Nome|Nome completo|Qual é o seu nome?|氏名|お名前|이름|성함을 알려주세요|"
    "Vor- und Nachname|Name des Teilnehmers|Nom et prénom|Quel est votre nom ?",
    "email": "Email|E-mail|e-mail address|emailAddress|Q12. Email|Username/Email|Adresse e-mail|Correo electrónico|"
    "Dirección de correo electrónico|Endereço de e-mail|E-Mail-Adresse|邮箱|您的电子邮箱|メールアドレス|이메일|"
    "Alamat email",
    "phone": "Phone|phone_number|Mobile|WhatsApp|手机号|您的手机号码|联系电话|联系方式|Teléfono|Número de teléfono|"
    "Telefone|"
    "Telefonnummer|Téléphone|No HP|Nomor HP|Nomor Telepon|電話番号|전화번호|Celular",
    "ip": "IP|IP Address|IPAddress|ipaddr|来自IP",
    "national_id": "身份证号|身份证号码|SSN|DNI|CPF|NIK|주민등록번호",
    "birth": "Date of Birth|出生日期|Fecha de nacimiento|Data de nascimento|Geburtsdatum|Date de naissance|"
    "Tanggal lahir|生年月日|생년월일",
    "address": "Home address|家庭住址|Dirección|Endereço|Adresse|Anschrift|Alamat|住所|주소",
    "location": "Latitude|LocationLongitude|location_latitude",
    "account": "User ID|用户ID|微信号|openid",
}
NOT_PRIVATE = (
    "Tournament|Nama produk|Nama Mata Kuliah|Course name|Brand name|Product name|School name|Store name|品牌名称|"
    "学校名称|"
    "Satisfaction with the e-mail service|Email support|Phone support quality|Shipping|Equipment|Tips|Relationship|"
    "Staff called me by my name|电话客服的服务态度|您使用的手机运营商|Mobile app|Nombre de la empresa|Nombre del curso|"
    "Nombre de personnes|店舗名|Convenience of location|Streetlights"
)
AMOUNTS = {
    "id": "序号|编号|id|Index|No.|Nomor|ResponseID",
    "age": "Age|Customer Age|Age (years)|年龄|您的年龄是？|How old are you?|Edad|¿Cuál es su edad?|Idade|Alter|Âge|"
    "Umur|Usia|"
    "年齢|나이",
    "count": "How many nights did you stay?|nightsStayed|Number of visits|number_of_children|次数|Jumlah kunjungan|"
    "Anzahl Besuche|Nombre de visites|Número de visitas|¿Cuántas veces nos visitó?|Wie viele Personen|来店回数|"
    "방문 횟수|"
    "Last page",
    "time": "Departure Delay in Minutes|Waiting time (minutes)|Timestamp|StartDate|submitdate",
    "money": "Income|月收入|Total spend|purchase_amount|消费金额|Ingresos|Gaji",
    "year": "Year|年份|Año|Tahun",
    "coordinate": "Flight Distance|distance",
    "other": "总分|Total score|seed|Progress|Status|Finished",
}
NO_AMOUNT = (
    "Comfort of stay|Price|价格|价格合理性|Precio|Harga|Cost|Food and drink|Cleanliness|Seat comfort|Page layout|"
    "Message clarity|Image|Package|Average quality of food|Management|Manage|Advantage|Language|Check-in service|"
    "Satisfaction with the number of staff|Satisfaction with waiting time|您对等待时间的满意程度|营业时间|営業時間|"
    "영업시간|"
    "Öffnungszeiten|Opening hours|Departure/Arrival time convenient|On-time delivery|Value for money|服务及时性|"
    "Zeitmanagement|Preis-Leistungs-Verhältnis|Account handling|Countryside|Speed of service|Gate location|"
    "Waktu pelayanan|Ketepatan waktu|Horario de atención"
)
GROUPS = (
    "Gender|What is your gender?|Class|Type of Travel|性别|您的性别|年级|学历|职业|专业|所在省份|品牌|您所在的部门|"
    "Region|City|Branch|"
    "Customer Type|membership_type|Jenis Kelamin|Pekerjaan|Pendidikan Terakhir|Género|Sexo|Geschlecht|"
    "Wie ist Ihr Geschlecht?|Filiale|Sexe|Quel est votre sexe ?|性別|성별|Marital_Status|Education Level|age_group|"
    "Which city do you live in?|Estado civil|Beruf|Profesión|Cidade"
)
NO_GROUPS = (
    "Class comfort|部门之间的沟通很好|部门沟通|专业知识|专业性|工作人员的专业程度|省心省力|品牌形象|门店位置|"
    "Brand image|"
    "Language skills of staff|The city is clean and safe to live in|The course content was good"
)
OVERALL = (
    "Overall satisfaction|satOverall|sat_overall|Overall Rating|How satisfied are you overall?|总体满意度|"
    "您的总体满意程度|"
    "综合满意度|Zufriedenheit insgesamt|Gesamtzufriedenheit|Satisfacción general|Satisfacción global|Satisfação geral|"
    "Satisfaction globale|Kepuasan keseluruhan|総合満足度|전반적인 만족도"
)
RECOMMEND = (
    "Recommend|loyal_recommend|NPS|How likely are you to recommend us?|推荐意愿(0-10)|3.您是否愿意推荐|"
    "Würden Sie uns weiterempfehlen?|¿Recomendaría nuestros servicios?|Você recomendaria?|Recommanderiez-vous ?|"
    "Bersedia merekomendasikan|おすすめ度|推奨度|추천 의향"
)
ROLES = {
    "weight": "weight|权重|wt",
    "strata": "stratum",
    "cluster": "cluster",
    "wave": "wave",
    "duration": "Duration (in seconds)|所用时间|答题时长",
    "case": "门店|branch",
    "respondent": "Respondent ID|ResponseId|序号",
}
SCALES = [
    ("推荐意愿(0-10)", (0, 10)), ("推荐 0~10", (0, 10)), ("满意度 1–5分", (1, 5)),
    ("满意度（1-5分，5分最高）", (1, 5)), ("1〜5", (1, 5)),
    ("请从1到10打分", (1, 10)), ("On a scale of 1 to 7, how satisfied", (1, 7)), ("Note /10", (1, 10)),
    ("De 1 a 10, ¿qué tan satisfecho?", (1, 10)), ("auf einer Skala von 1 bis 5", (1, 5)), ("dari 1 sampai 5", (1, 5)),
    ("Satisfaction (1 = très insatisfait, 5 = très satisfait)", (1, 5)), ("1から5で", (1, 5)),
    ("Rate 1 (very bad) to 5 (very good)", (1, 5)), ("Scale from 0 (not at all) to 10 (extremely)", (0, 10)),
    ("1：非常不满意 5：非常满意", (1, 5)), ("1分表示非常不满意，10分表示非常满意", (1, 10)),
    ("0점부터 10점까지", (0, 10)),
    ("1점(매우 불만족)~5점(매우 만족)", (1, 5)), ("(5 = very satisfied, 1 = very dissatisfied)", (1, 5)),
    ("Agree (-3 to 3)", (-3, 3)),
]  # fmt: skip
NO_SCALES = (
    "School year 2020-21|Q1-Q5|Q1-5 mean|1-2 times|1-3 times a week|年龄18-25岁|Week 1-4|Items 1-10|2019-1-5|"
    "Floors 1-3|"
    "Aged 1-5 years|每周1-3次|Distance 1-5 km|1-3年工作经验|Part 1 to 3|12:00-13:00|In the last 1-3 months, how often"
)
DIRECTIONS = [
    ("Rating (1 = very satisfied, 5 = very dissatisfied)", True),
    ("Rate 1 (very satisfied) to 5 (very dissatisfied)", True),
    ("Zufriedenheit (1 = sehr gut, 6 = ungenügend)", True), ("5 (sehr zufrieden) bis 1 (sehr unzufrieden)", False),
    ("1 = stimme voll zu, 5 = stimme gar nicht zu", True), ("满意度(1=非常满意 5=非常不满意)", True),
    ("1分表示非常满意，5分表示非常不满意", True), ("1=优 5=差", True), ("1=非常不满意", False),
    ("Satisfaction (1 = très insatisfait, 5 = très satisfait)", False),
    ("1 (muy insatisfecho) a 5 (muy satisfecho)", False), ("1 = muito satisfeito, 5 = muito insatisfeito", True),
    ("1 = Sangat Tidak Puas, 5 = Sangat Puas", False), ("1: 매우 만족, 5: 매우 불만족", True),
    ("1＝とても満足、5＝とても不満", True),
    ("1 = best", True), ("1=worst, 5=best", False), ("Satisfaction (10 = best)", False), ("5 = very satisfied", False),
    ("Service", None), ("complaint handling", None), ("Visits (1 = never, 5 = always)", None),
    ("Stress (1 = low, 10 = high)", None), ("满意度 1-5", None),
]  # fmt: skip


def pairs(listed: dict[str, str]) -> list[tuple[str, str]]:
    return [(text, kind) for kind, texts in listed.items() for text in texts.split("|")]


@pytest.mark.parametrize(("text", "kind"), [*pairs(PRIVATE), *((text, None) for text in NOT_PRIVATE.split("|"))])
def test_what_tells_of_a_person_is_private(text, kind):
    assert heading_of(text).private == kind


@pytest.mark.parametrize(("text", "kind"), [*pairs(AMOUNTS), *((text, None) for text in NO_AMOUNT.split("|"))])
def test_numbers_that_are_no_ratings(text, kind):
    assert heading_of(text).amount == kind


@pytest.mark.parametrize(("texts", "is_one"), [(GROUPS, True), (NO_GROUPS, False)])
def test_groups(texts, is_one):
    assert [text for text in texts.split("|") if heading_of(text).group is not is_one] == []


@pytest.mark.parametrize(
    "text", ["Branch staff friendliness", "城市环境满意度", "Job satisfaction", "Education quality"]
)
def test_a_rated_thing_of_a_group_is_rated(text):
    assert heading_of(text).rated


def test_the_overall_question_and_the_recommendation():
    assert [text for text in OVERALL.split("|") if not heading_of(text).overall] == []
    assert [text for text in RECOMMEND.split("|") if not heading_of(text).recommend] == []
    for text in ("General manager", "Overalls", "Service", "Overall cleanliness of room", "Commendable", "Reward"):
        assert not heading_of(text).overall, text
        assert not heading_of(text).recommend, text


@pytest.mark.parametrize(("text", "role"), [*pairs(ROLES), ("Weight (kg)", None), ("Service", None)])
def test_roles(text, role):
    assert heading_of(text).role == role


@pytest.mark.parametrize(("text", "scale"), [*SCALES, *((text, None) for text in NO_SCALES.split("|"))])
def test_the_scale_a_heading_states(text, scale):
    assert heading_of(text).scale == scale


@pytest.mark.parametrize(("text", "high_bad"), DIRECTIONS)
def test_which_end_a_heading_calls_good(text, high_bad):
    assert heading_of(text).high_bad is high_bad
    assert heading_of(f"Q7. {text}").high_bad is high_bad


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["a@b.com", "c@d.org", "none"], "email"), (["13812345678", "13912345678"], "phone"),
        (["+34 612 345 678", "+49 170 1234567"], "phone"), (["555-123-4567"], "phone"),
        (["1.1.1.1", "1.2.3.4(广东-深圳)"], "ip"), (["11010519491231002X"], "national_id"), (["5", "4"], None),
        (["2026-01-05", "2026-02-07"], None), (["very good", "12345"], None), ([], None),
    ],
)  # fmt: skip
def test_what_cells_tell_of_a_person(texts, kind):
    assert private_cells(texts) == kind


def test_codes_of_questions_say_nothing_of_direction():
    for text in ("P11S1[A1]", "Q5S", "Q11 S", "P2TS3", "A1SS"):
        assert heading_of(text).high_bad is None
        assert heading_of(text).scale is None
