/*! Posts, topics, reactions: the values everything about the feed is told in. */

use jiff::Timestamp;

use crate::accounts::{MemberId, UnitId, UnitPath};

/// What a post is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Daily work.
    Work,
    /// What somebody learned and passes on.
    Experience,
    /// Asking each other for help.
    Help,
    /// Something to laugh about.
    Fun,
    /// Life beside work.
    Life,
    /// Pay, leave, contracts, rules.
    Rights,
    /// Health and safety.
    Safety,
    /// What the union does.
    Union,
}

impl Topic {
    /// All of them, as lists show them.
    pub const ALL: [Self; 8] =
        [Self::Work, Self::Experience, Self::Help, Self::Fun, Self::Life, Self::Rights, Self::Safety, Self::Union];

    /// Name in addresses, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Work => "chuyen-nghe",
            Self::Experience => "kinh-nghiem",
            Self::Help => "giup-nhau",
            Self::Fun => "vui",
            Self::Life => "doi-song",
            Self::Rights => "quyen-loi",
            Self::Safety => "an-toan",
            Self::Union => "cong-doan",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Work => "Chuyện nghề",
            Self::Experience => "Kinh nghiệm",
            Self::Help => "Giúp nhau",
            Self::Fun => "Vui",
            Self::Life => "Đời sống",
            Self::Rights => "Quyền lợi",
            Self::Safety => "An toàn, sức khỏe",
            Self::Union => "Hoạt động công đoàn",
        }
    }

    /// The topic of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.name() == name)
    }
}

/// What a member feels about a post: one of them at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// Liking it.
    Like,
    /// Feeling with its author.
    Care,
    /// It helped.
    Useful,
    /// It made them laugh.
    Fun,
}

impl Reaction {
    /// All of them, in the order of counts.
    pub const ALL: [Self; 4] = [Self::Like, Self::Care, Self::Useful, Self::Fun];

    /// Name in forms, the API and the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Like => "like",
            Self::Care => "care",
            Self::Useful => "useful",
            Self::Fun => "fun",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Like => "Thích",
            Self::Care => "Thương",
            Self::Useful => "Có ích",
            Self::Fun => "Vui",
        }
    }

    /// Its sign.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Like => "👍",
            Self::Care => "❤️",
            // In every font, as the others are not.
            Self::Useful => "★",
            Self::Fun => "😄",
        }
    }

    /// Place among the counts.
    pub fn place(self) -> usize {
        match self {
            Self::Like => 0,
            Self::Care => 1,
            Self::Useful => 2,
            Self::Fun => 3,
        }
    }

    /// The reaction of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reaction| reaction.name() == name)
    }
}

/// Whether a post or comment is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostState {
    /// A first post that waits for an editor; its author sees it.
    Held,
    /// Seen by its audience.
    Shown,
    /// Taken out of sight by an editor; its author sees it and why.
    Hidden,
    /// Taken down by an editor; its author sees it and why.
    Removed,
    /// Taken back by its author: its words are gone.
    Deleted,
}

impl PostState {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Shown => "shown",
            Self::Hidden => "hidden",
            Self::Removed => "removed",
            Self::Deleted => "deleted",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Held => "chờ duyệt",
            Self::Shown => "đang hiện",
            Self::Hidden => "bị ẩn",
            Self::Removed => "bị gỡ",
            Self::Deleted => "đã xóa",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Held, Self::Shown, Self::Hidden, Self::Removed, Self::Deleted]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// What may be shown below a post's text, as it is wished for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    /// A provision of the law.
    Provision,
    /// An answer of the assistant, shown by its owner.
    Answer,
}

impl CardKind {
    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Provision => "provision",
            Self::Answer => "answer",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Provision, Self::Answer].into_iter().find(|kind| kind.name() == name)
    }
}

/// A provision or an answer below a post's text. Whoever makes one has looked that it is there
/// and that its author may show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Kind.
    pub kind: CardKind,
    /// Citation, or question.
    pub title: String,
    /// Address here, from its `/`.
    pub url: String,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Number in the store.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Name of their unit.
    pub unit_name: String,
}

/// Whom a post is for: members of a unit and of those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The unit.
    pub unit: UnitId,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its place in the tree.
    pub path: UnitPath,
}

/// A picture of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Place in the post, from 1.
    pub n: u32,
    /// Name of its file: the hash of what is in it.
    pub hash: String,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
}

/// What was found of a post's claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckVerdict {
    /// As the law has it.
    Right,
    /// Right in part.
    Partly,
    /// Not as the law has it.
    Wrong,
}

impl CheckVerdict {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Right, Self::Partly, Self::Wrong];

    /// Name in the API and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Partly => "partly",
            Self::Wrong => "wrong",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Right => "đúng luật",
            Self::Partly => "đúng một phần",
            Self::Wrong => "không đúng luật",
        }
    }

    /// The verdict of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }
}

/// A post as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Number; stands in its address.
    pub id: i64,
    /// Who wrote it.
    pub author: Author,
    /// For whom.
    pub audience: Audience,
    /// Whether an editor wrote it for the union.
    pub is_official: bool,
    /// What it is about.
    pub topic: Topic,
    /// Its words, in simple Markdown.
    pub text: String,
    /// Whether it is seen.
    pub state: PostState,
    /// When it was written.
    pub made_at: Timestamp,
    /// When it was first seen by others.
    pub shown_at: Option<Timestamp>,
    /// When its words were last changed.
    pub edited_at: Option<Timestamp>,
    /// Until when it stands on top.
    pub pinned_until: Option<Timestamp>,
    /// How many feel what, in the order of [`Reaction::ALL`].
    pub reactions: [u32; 4],
    /// Comments that are seen.
    pub comments: u32,
    /// What stands below its words.
    pub card: Option<Card>,
    /// Its pictures.
    pub pictures: Vec<Picture>,
    /// What was found of its claim, once an editor stands for it and its words are still those.
    pub check: Option<CheckVerdict>,
}

impl Post {
    /// How many reacted.
    pub fn reaction_count(&self) -> u32 {
        self.reactions.iter().sum()
    }
}

/// A comment on a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Number.
    pub id: i64,
    /// The post.
    pub post: i64,
    /// Who wrote it.
    pub author: Author,
    /// Its words.
    pub text: String,
    /// Whether it is seen.
    pub state: PostState,
    /// When it was written.
    pub made_at: Timestamp,
    /// When its words were last changed.
    pub edited_at: Option<Timestamp>,
}

/// An earlier wording of a post or comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its words.
    pub text: String,
    /// Until when they stood.
    pub until: Timestamp,
}

/// Someone a member does not want to meet in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shunned {
    /// Number of the entry.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// How.
    pub kind: ShunKind,
}

/// How somebody is not to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShunKind {
    /// What they write is not shown.
    Mute,
    /// Neither sees what the other writes.
    Block,
}

impl ShunKind {
    /// Name in forms and in the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mute => "mute",
            Self::Block => "block",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Mute, Self::Block].into_iter().find(|kind| kind.name() == name)
    }
}
