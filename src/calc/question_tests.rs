//! Everyday questions: which calculator is offered, and what of the question is filled in.

use super::recognise;

/// Question, calculator (none: empty), inputs as `name=value`.
const QUESTIONS: &[(&str, &str, &str)] = &[
    // Notice.
    ("Tôi làm hợp đồng 2 năm, muốn nghỉ thì báo trước mấy ngày?", "notice", "side=worker contract=fixed_12_36"),
    ("Hợp đồng 6 tháng mà muốn nghỉ thì báo trước bao lâu", "notice", "side=worker contract=fixed_under_12"),
    ("Em đang thử việc, muốn nghỉ có phải báo trước mấy ngày không", "notice", "side=worker contract=probation"),
    (
        "Công ty cho tôi nghỉ phải báo trước bao nhiêu ngày, tôi ký hợp đồng không thời hạn",
        "notice",
        "side=employer contract=indefinite",
    ),
    ("Sếp nợ lương 2 tháng, tôi nghỉ luôn có phải báo trước mấy ngày không", "notice", "side=worker reason=unpaid"),
    (
        "Tôi nộp đơn nghỉ ngày 3/3/2026, hợp đồng 1 năm, báo trước bao lâu",
        "notice",
        "side=worker contract=fixed_12_36 notice_date=2026-03-03",
    ),
    (
        "Nghỉ thai sản xong muốn nghỉ việc luôn thì báo trước bao nhiêu ngày, hợp đồng 36 tháng",
        "notice",
        "side=worker contract=fixed_12_36",
    ),
    // Overtime and night work.
    (
        "Tăng ca chủ nhật 4 tiếng được bao nhiêu tiền, lương 12tr5 một tháng",
        "overtime",
        "day=weekly_rest overtime=yes hours=4 monthly_wage=12.500.000",
    ),
    ("Tăng ca ngày lễ 8 tiếng, lương 300k một ngày thì được bao nhiêu", "overtime", "day=holiday overtime=yes hours=8"),
    ("Làm thêm ngày 30/4 được trả bao nhiêu phần trăm", "overtime", "day=holiday overtime=yes"),
    ("Làm mùng 2 tết được trả mấy lần lương", "overtime", "day=holiday"),
    ("Làm thêm ngày 29/11/2026 được tính lương thế nào", "overtime", "overtime=yes date=2026-11-29"),
    ("Một tháng tăng ca tối đa bao nhiêu giờ", "overtime", "overtime=yes"),
    ("Tháng này tôi tăng ca 45 tiếng, tối đa bao nhiêu", "overtime", "overtime=yes month_overtime_hours=45"),
    ("Một năm làm thêm giờ 250 giờ có quá mức tối đa không", "overtime", "overtime=yes year_overtime_hours=250"),
    ("Tăng ca đêm từ 22 giờ đến 2 giờ sáng được tính lương thế nào", "overtime", "night=yes overtime=yes"),
    ("Làm ca đêm 8 tiếng lương 30k/h được bao nhiêu", "overtime", "night=yes overtime=no hours=8 hourly_wage=30.000"),
    (
        "Tăng ca 3 tiếng ngày thường, lương 50.000 đồng/giờ thì được bao nhiêu",
        "overtime",
        "day=weekday overtime=yes hours=3 hourly_wage=50.000",
    ),
    ("Công nhân may làm thêm giờ được nghỉ bù mấy ngày", "", ""),
    // Severance and job loss.
    ("Lương 7,5 triệu làm 5 năm nghỉ việc được trợ cấp thôi việc bao nhiêu", "severance", "wage=7.500.000 months=60"),
    ("Lương 8tr, làm 3 năm rưỡi, trợ cấp thôi việc tính thế nào", "severance", "wage=8.000.000 months=42"),
    (
        "Tôi làm từ 1/3/2018 đến 31/8/2024, lương 9 triệu, trợ cấp thôi việc được bao nhiêu",
        "severance",
        "wage=9.000.000 start=2018-03-01 end=2024-08-31",
    ),
    ("Hết hạn hợp đồng thì trợ cấp thôi việc mấy tháng lương, đủ điều kiện gì", "severance", "reason=expired"),
    (
        "Bộ phận bị giải thể, tôi làm 4 năm 7 tháng lương 11tr thì trợ cấp mất việc bao nhiêu",
        "job-loss",
        "wage=11.000.000 months=55",
    ),
    ("Bị sa thải, làm 6 năm thì trợ cấp thôi việc được bao nhiêu", "severance", "months=72 reason=disciplined"),
    // Unemployment.
    (
        "Tôi đóng bảo hiểm thất nghiệp 3 năm, lương 10 triệu thì trợ cấp thất nghiệp bao nhiêu",
        "unemployment",
        "months=36 wage=10.000.000",
    ),
    ("Đóng bhtn 26 tháng thì hưởng thất nghiệp mấy tháng", "unemployment", "months=26"),
    (
        "Nghỉ việc ngày 15/6/2026, đóng bảo hiểm thất nghiệp 40 tháng, vùng II, lương 9tr, lãnh thất nghiệp được bao nhiêu",
        "unemployment",
        "months=40 wage=9.000.000 region=II end=2026-06-15",
    ),
    ("Nộp hồ sơ hưởng thất nghiệp trong bao lâu kể từ ngày nghỉ", "unemployment", ""),
    // Annual leave.
    ("Tôi mới vào làm 5 tháng thì được mấy ngày phép năm", "annual-leave", "months=5 years=0"),
    ("Làm 12 năm công việc độc hại thì được nghỉ phép bao nhiêu ngày", "annual-leave", "condition=heavy years=12"),
    ("Làm nghề đặc biệt nặng nhọc, độc hại 3 năm thì phép năm mấy ngày", "annual-leave", "condition=very_heavy"),
    ("Tôi làm được 8 năm, lương 13 triệu, nghỉ việc được trả mấy ngày phép", "annual-leave", "years=8 wage=13.000.000"),
    ("Nghỉ phép cưới được mấy ngày", "", ""),
    // Probation.
    ("Thử việc kỹ sư tối đa mấy tháng", "probation", "job=college"),
    ("Lương chính thức 10 triệu, thử việc được trả bao nhiêu", "probation", "wage=10.000.000"),
    (
        "Thử việc lương 6 triệu, lương chính 9 triệu thì có đủ mức tối thiểu không",
        "probation",
        "wage=9.000.000 trial_wage=6.000.000",
    ),
    (
        "Lương chính thức 9 triệu, lương thử việc 8 triệu thì đúng mức chưa",
        "probation",
        "wage=9.000.000 trial_wage=8.000.000",
    ),
    // Retirement.
    ("Tôi là nữ sinh 5/1975, bao giờ về hưu", "retirement", "sex=female born=5/1975"),
    ("Bố em sinh năm 1964, khi nào được nghỉ hưu", "retirement", "sex=male"),
    ("Ông nội sinh 12/3/1966 bao giờ đủ tuổi nghỉ hưu", "retirement", "sex=male born=3/1966"),
    ("Tôi 55 tuổi đóng bảo hiểm 20 năm, bao giờ được về hưu", "retirement", ""),
    // Children.
    ("Bầu 5 tháng muốn nghỉ thai sản thì được nghỉ mấy tháng", "maternity", ""),
    ("Mới sinh 3 tháng, thai sản còn được nghỉ bao lâu", "maternity", ""),
    (
        "Tôi sinh đôi ngày 2/3/2026, lương 8 triệu được bao nhiêu tiền thai sản",
        "maternity",
        "children=2 birth=2026-03-02 wage=8.000.000",
    ),
    ("Sinh con thứ 2 được nghỉ thai sản mấy tháng", "maternity", "order=second"),
    ("Vợ tôi sinh mổ, tôi được nghỉ mấy ngày", "paternity", "surgery=yes"),
    (
        "Vợ sinh thường con đầu lòng ngày 5/8/2026, chồng được nghỉ bao nhiêu ngày",
        "paternity",
        "order=first birth=2026-08-05",
    ),
    // Illness.
    ("Con tôi 2 tuổi bị ốm, nghỉ chăm con được mấy ngày", "sick-leave", "kind=child child_age=2"),
    ("Tôi ốm nghỉ 5 ngày, lương 9 triệu được bao nhiêu tiền bảo hiểm", "sick-leave", "kind=own days=5 wage=9.000.000"),
    ("Đóng bảo hiểm 16 năm thì nghỉ ốm tối đa bao nhiêu ngày", "sick-leave", "insured_years=16"),
    // Wages.
    ("Lương tối thiểu vùng 3 hiện nay bao nhiêu", "minimum-wage", "region=III"),
    (
        "Công ty trả 4 triệu một tháng ở vùng I thì so với lương tối thiểu thế nào",
        "minimum-wage",
        "region=I wage=4.000.000",
    ),
    ("Lương tối thiểu vùng I tháng 8/2024 là bao nhiêu", "minimum-wage", "region=I date=2024-08-01"),
    ("Công ty trả lương chậm 20 ngày, lương 15 triệu, được đền bù bao nhiêu", "late-payment", "amount=15.000.000"),
    ("Tiền ăn ca tối thiểu bao nhiêu", "", ""),
    ("Công ty phạt 500k vì đi muộn có đúng không", "", ""),
    // The union, and terms.
    ("Đoàn phí công đoàn mỗi tháng đóng bao nhiêu, lương 10 triệu", "union-dues", "wage=10.000.000"),
    ("Kinh phí công đoàn quỹ lương 2 tỷ đóng mấy phần trăm", "union-funds", "payroll=2.000.000.000"),
    ("Bị sa thải ngày 10/1/2026 thì thời hiệu khởi kiện đến khi nào", "limitation", "kind=court from=2026-01-10"),
    ("Điều kiện lao động nặng nhọc thì thời hiệu khiếu nại là bao lâu", "limitation", "kind=complaint"),
    ("Sự kiện tai nạn ở công ty thì thời hiệu hòa giải bao lâu", "limitation", "kind=mediation"),
    ("Bao lâu thì hết thời hiệu xử lý kỷ luật lao động", "limitation", "kind=discipline"),
    ("Được nghỉ tết mấy ngày", "", ""),
];

#[test]
fn everyday_questions_get_their_calculator_and_what_they_state() {
    let mut wrong = Vec::new();
    for (question, name, inputs) in QUESTIONS {
        let offer = recognise(question);
        let found = offer.map_or_else(Default::default, |offer| {
            let stated: Vec<String> = offer.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
            (offer.calculator.name, stated.join(" "))
        });
        if (found.0, found.1.as_str()) != (*name, *inputs) {
            wrong.push(format!("{question}\n  expected {name} {inputs}\n  found    {} {}", found.0, found.1));
        }
    }
    assert!(60 < QUESTIONS.len() && wrong.is_empty(), "{} of {}:\n{}", wrong.len(), QUESTIONS.len(), wrong.join("\n"));
}
