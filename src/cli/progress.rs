/*!
Progress on stderr: bars on a terminal, plain lines otherwise.
*/

use std::{
    io::IsTerminal as _,
    sync::{Mutex, PoisonError},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::output;
use crate::fetch::Progress;

/// Plain lines come at every so many percent.
const LINE_EVERY_PERCENT: u64 = 20;

/// Shows progress.
pub struct Bars;

struct Work {
    what: String,
    total: u64,
    done: u64,
    said: u64,
    bar: Option<ProgressBar>,
}

static WORK: Mutex<Option<Work>> = Mutex::new(None);

impl Progress for Bars {
    fn start(&self, what: &str, bytes_total: u64) {
        if bytes_total == 0 {
            return;
        }
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(bytes_total);
            let style = ProgressStyle::with_template("{msg} [{bar:30}] {bytes}/{total_bytes} {eta}");
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar
        });
        if bar.is_none() {
            output::say(&format!("{what}: {} kB", bytes_total.div_ceil(1000)));
        }
        let work = Work { what: what.to_owned(), total: bytes_total, done: 0, said: 0, bar };
        *WORK.lock().unwrap_or_else(PoisonError::into_inner) = Some(work);
    }

    fn advance(&self, bytes: u64) {
        let mut guard = WORK.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(work) = guard.as_mut() else { return };
        work.done += bytes;
        if let Some(bar) = &work.bar {
            bar.set_position(work.done);
            return;
        }
        let percent = work.done * 100 / work.total.max(1);
        if work.said + LINE_EVERY_PERCENT <= percent {
            work.said = percent - percent % LINE_EVERY_PERCENT;
            output::say(&format!("{}: {percent} %", work.what));
        }
    }

    fn stage(&self, what: &str) {
        output::say(what);
    }

    fn finish(&self) {
        if let Some(work) = WORK.lock().unwrap_or_else(PoisonError::into_inner).take()
            && let Some(bar) = work.bar
        {
            bar.finish();
        }
    }
}
