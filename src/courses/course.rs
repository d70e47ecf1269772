/*! Courses, lessons, quizzes: the values everything else here is told in. */

use jiff::civil::Date;

/// A course as its folder says it.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Short name, permanent: progress and certificates refer to it.
    pub slug: String,
    /// Title.
    pub title: String,
    /// One or two sentences for the list.
    pub summary: String,
    /// Whom it is for, in words.
    pub audience: String,
    /// Language, as BCP 47 names it.
    pub language: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Day the editors last checked it.
    pub updated: Date,
    /// Share of right answers that passes a quiz, in percent.
    pub pass_percent: u8,
    /// Lessons in their order; never empty.
    pub lessons: Vec<Lesson>,
}

impl Course {
    /// Length of all lessons, in minutes.
    pub fn minutes(&self) -> u32 {
        self.lessons.iter().map(|lesson| u32::from(lesson.minutes)).sum()
    }

    /// The lesson of that file name.
    pub fn lesson(&self, file: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| lesson.file == file)
    }

    /// Every question with its lesson.
    pub fn questions(&self) -> impl Iterator<Item = (&Lesson, &Question)> {
        self.lessons.iter().flat_map(|lesson| lesson.questions.iter().map(move |question| (lesson, question)))
    }
}

/// A lesson with its quiz.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// File name without ending, permanent.
    pub file: String,
    /// Title: the first line of its text.
    pub title: String,
    /// Length, in minutes.
    pub minutes: u16,
    /// Its text, Markdown, with the title.
    pub text: String,
    /// A clip, if it has one.
    pub clip: Option<Clip>,
    /// Its quiz.
    pub questions: Vec<Question>,
}

/// A clip of sound or pictures that goes with a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Where it is.
    pub source: ClipSource,
    /// Picture shown before it plays, below `media/`.
    pub poster: String,
    /// Length, in seconds.
    pub seconds: u32,
}

/// Where a clip is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClipSource {
    /// In the folder, below `media/`.
    File(String),
    /// Elsewhere, over https: a member follows the link knowingly.
    Link(String),
}

/// One question of a quiz.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Id, unique in the quiz, permanent.
    pub id: String,
    /// The question.
    pub text: String,
    /// How it is answered, with the key.
    pub kind: Kind,
    /// Shown after an answer, right or wrong.
    pub explanation: String,
    /// What the key rests on; empty for questions of skill, and only for those.
    pub proofs: Vec<Proof>,
}

impl Question {
    /// Whether the key rests on law.
    pub fn is_legal(&self) -> bool {
        !self.proofs.is_empty()
    }
}

/// A choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Id, unique in the question.
    pub id: String,
    /// What it says.
    pub text: String,
}

/// How a question is answered, with its key.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// One of the choices.
    Single {
        /// The choices.
        choices: Vec<Choice>,
        /// Id of the right one.
        key: String,
    },
    /// Several of the choices.
    Multiple {
        /// The choices.
        choices: Vec<Choice>,
        /// Ids of the right ones.
        key: Vec<String>,
    },
    /// All choices in their order.
    Order {
        /// The choices, in another order than the key's.
        choices: Vec<Choice>,
        /// All ids in the right order.
        key: Vec<String>,
    },
    /// Yes or no.
    TrueFalse {
        /// Which is right.
        key: bool,
    },
    /// A number.
    Number {
        /// The right one.
        key: f64,
        /// Unit, shown after the field.
        unit: String,
        /// Largest difference that still counts as right.
        tolerance: f64,
    },
}

impl Kind {
    /// Name in files and in the API.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Order { .. } => "order",
            Self::TrueFalse { .. } => "true_false",
            Self::Number { .. } => "number",
        }
    }

    /// The choices; none for the kinds that have none.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Single { choices, .. } | Self::Multiple { choices, .. } | Self::Order { choices, .. } => choices,
            Self::TrueFalse { .. } | Self::Number { .. } => &[],
        }
    }
}

/// What a key rests on: a number or term that stands in a provision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proof {
    /// Provision id, `45-2019-qh14/dieu-35/khoan-1/diem-a`.
    pub provision: String,
    /// What stands there.
    pub fact: String,
}
