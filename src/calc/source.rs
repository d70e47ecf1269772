/*!
Where a figure comes from: the provisions calculators rest on, as data.
*/

use crate::law::{
    Citation,
    label::{document_slug, label_slug},
};

/// A document a calculator rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Law {
    /// Number as printed.
    pub number: &'static str,
    /// Short title with its year, as citations print it.
    pub title: &'static str,
}

/// A provision: an article, or a clause or point of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The document.
    pub law: Law,
    /// Article, `35`.
    pub article: &'static str,
    /// Clause, `1`.
    pub clause: Option<&'static str>,
    /// Point, `đ`.
    pub point: Option<&'static str>,
}

impl Law {
    const fn new(number: &'static str, title: &'static str) -> Self {
        Self { number, title }
    }

    /// An article of it.
    pub const fn article(self, article: &'static str) -> Source {
        Source { law: self, article, clause: None, point: None }
    }

    /// A clause of it.
    pub const fn clause(self, article: &'static str, clause: &'static str) -> Source {
        Source { law: self, article, clause: Some(clause), point: None }
    }

    /// A point of it.
    pub const fn point(self, article: &'static str, clause: &'static str, point: &'static str) -> Source {
        Source { law: self, article, clause: Some(clause), point: Some(point) }
    }
}

impl Source {
    /// Provision id, `45-2019-qh14/dieu-35/khoan-1/diem-a`.
    pub fn id(&self) -> String {
        let mut id = format!("{}/dieu-{}", document_slug(self.law.number), label_slug(self.article));
        if let Some(clause) = self.clause {
            id.push_str(&format!("/khoan-{}", label_slug(clause)));
        }
        if let Some(point) = self.point {
            id.push_str(&format!("/diem-{}", label_slug(point)));
        }
        id
    }

    /// The same as a citation.
    pub fn citation(&self) -> Citation {
        Citation {
            point: self.point.map(str::to_owned),
            clause: self.clause.map(str::to_owned),
            article: Some(self.article.to_owned()),
            annex: None,
            document: self.law.title.to_owned(),
            number: Some(self.law.number.to_owned()),
        }
    }
}

/// The Labour Code.
pub const LABOUR_CODE: Law = Law::new("45/2019/QH14", "Bộ luật Lao động 2019");
/// The Labour Code before it.
pub const LABOUR_CODE_2012: Law = Law::new("10/2012/QH13", "Bộ luật Lao động 2012");
/// The decree of 2019's code on conditions and relations of labour.
pub const DECREE_145: Law = Law::new("145/2020/NĐ-CP", "Nghị định 145/2020/NĐ-CP");
/// The decree on retirement ages.
pub const DECREE_135: Law = Law::new("135/2020/NĐ-CP", "Nghị định 135/2020/NĐ-CP");
/// Minimum wages until mid-2024.
pub const DECREE_38: Law = Law::new("38/2022/NĐ-CP", "Nghị định 38/2022/NĐ-CP");
/// Minimum wages from 2026.
pub const DECREE_293: Law = Law::new("293/2025/NĐ-CP", "Nghị định 293/2025/NĐ-CP");
/// The base salary from mid-2026.
pub const DECREE_161: Law = Law::new("161/2026/NĐ-CP", "Nghị định 161/2026/NĐ-CP");
/// Social insurance from mid-2025.
pub const INSURANCE_2024: Law = Law::new("41/2024/QH15", "Luật Bảo hiểm xã hội 2024");
/// Social insurance until mid-2025.
pub const INSURANCE_2014: Law = Law::new("58/2014/QH13", "Luật Bảo hiểm xã hội 2014");
/// Guidance on the law of 2014: long illnesses are counted by months.
pub const CIRCULAR_59: Law = Law::new("59/2015/TT-BLĐTBXH", "Thông tư 59/2015/TT-BLĐTBXH");
/// The law that changed a father's leave.
pub const POPULATION_LAW: Law = Law::new("113/2025/QH15", "Luật Dân số 2025");
/// Employment, unemployment insurance included, from 2026.
pub const EMPLOYMENT_2025: Law = Law::new("74/2025/QH15", "Luật Việc làm 2025");
/// The same until the end of 2025.
pub const EMPLOYMENT_2013: Law = Law::new("38/2013/QH13", "Luật Việc làm 2013");
/// Guidance on the law of 2013.
pub const DECREE_28: Law = Law::new("28/2015/NĐ-CP", "Nghị định 28/2015/NĐ-CP");
/// Trade unions from mid-2025.
pub const UNION_2024: Law = Law::new("50/2024/QH15", "Luật Công đoàn 2024");
/// Trade unions until mid-2025.
pub const UNION_2012: Law = Law::new("12/2012/QH13", "Luật Công đoàn 2012");
/// Union finances from May 2026.
pub const DECREE_105: Law = Law::new("105/2026/NĐ-CP", "Nghị định 105/2026/NĐ-CP");
/// Union finances until May 2026.
pub const DECREE_191: Law = Law::new("191/2013/NĐ-CP", "Nghị định 191/2013/NĐ-CP");
/// The union's charter of the twelfth congress.
pub const CHARTER_12: Law = Law::new("174/QĐ-TLĐ", "Điều lệ Công đoàn Việt Nam khóa XII 2020");
/// How terms and limitation periods are counted.
pub const CIVIL_CODE: Law = Law::new("91/2015/QH13", "Bộ luật Dân sự 2015");
/// Complaints against administrative decisions.
pub const COMPLAINTS: Law = Law::new("02/2011/QH13", "Luật Khiếu nại 2011");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_citations_follow_the_contract() {
        let source = LABOUR_CODE.point("36", "1", "đ");
        assert_eq!(source.id(), "45-2019-qh14/dieu-36/khoan-1/diem-dd");
        let text = source.citation().to_string();
        assert_eq!(text, "điểm đ khoản 1 Điều 36 Bộ luật Lao động 2019 (45/2019/QH14)");
        assert_eq!(text.parse::<Citation>().unwrap(), source.citation());
    }
}
