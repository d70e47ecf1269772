//! `congdoan members …`, run as a whole; and a server killed while it writes.

use std::{
    collections::BTreeSet,
    io::{BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Stdio},
};

use reqwest::Method;
use serde_json::{Value, json};

use crate::shell::Shell;

/// A password within the rules.
const PASSWORD: &str = "mưa rơi trên mái";
/// Kills of the server; all of them under `RUN_SLOW_TESTS`.
const KILLS: usize = 4;
const KILLS_SLOW: usize = 50;

/// How often a server is killed.
pub fn kills() -> usize {
    if std::env::var("RUN_SLOW_TESTS").is_ok() { KILLS_SLOW } else { KILLS }
}

/// Writes between two kills, at most.
const WRITES_MAX: usize = 40;

/// Writes a file of the shell's folder; its path.
pub fn write(shell: &Shell, name: &str, text: &str) -> String {
    let path = shell.folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// A file of two units; its path.
pub fn units(shell: &Shell) -> String {
    write(shell, "units.csv", "unit,unit_name,level,parent\nN,Ngành,ngành,\nA,Cơ sở A,cơ sở,N\n")
}

/// Rows of so many members.
pub fn members(count: usize) -> String {
    let row = |n: usize| format!("{n};Nguyễn Văn {n};09{n:08};;A\n");
    "number;name;phone;email;unit\n".to_owned() + &(1..=count).map(row).collect::<String>()
}

#[test]
fn an_import_makes_codes_for_their_owner_alone_and_again_nothing() {
    let shell = Shell::new();
    assert_eq!(shell.json(&["members", "import", &units(&shell), "--json"])["created"], 2);
    let file = write(&shell, "members.csv", &members(5));
    let dry = shell.json(&["members", "import", &file, "--dry-run", "--json"]);
    assert_eq!((&dry["created"], &dry["invite_codes"], &dry["codes_file"]), (&json!(5), &json!(5), &Value::Null));
    let codes = shell.folder.path().join("codes.csv");
    let done = shell.json(&["members", "import", &file, "--codes", &codes.display().to_string(), "--json"]);
    assert_eq!((&done["created"], &done["invite_codes"]), (&json!(5), &json!(5)));
    assert_eq!(std::fs::metadata(&codes).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&codes).unwrap();
    assert_eq!(text.lines().count(), 6);
    assert!(text.lines().nth(1).unwrap().starts_with("1,Nguyễn Văn 1,A,"), "{text}");
    let again = shell.json(&["members", "import", &file, "--json"]);
    assert_eq!(
        (&again["unchanged"], &again["invite_codes"], &again["codes_file"]),
        (&json!(5), &json!(0), &Value::Null)
    );

    let worse = write(&shell, "worse.csv", &(members(6) + "x y;Ai;;;A\n"));
    let message = shell.failure(&["members", "import", &worse, "--codes", &codes.display().to_string()]);
    assert!(message.contains("cannot be written") && message.contains("--codes"), "{message}");
    let output = shell.run(&["members", "import", &worse, "--json"]);
    assert_eq!(output.status.code(), Some(1), "rows were left out");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["created"], &report["problems"][0]["line"]), (&json!(1), &json!(8)));
    assert!(shell.failure(&["members", "import", "nowhere.csv"]).contains("nowhere.csv"));
}

#[test]
fn the_first_admins_code_is_all_that_is_printed() {
    let shell = Shell::new();
    let output = shell.run(&["members", "first-admin", "1", "--name", "Quản Trị"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let code = String::from_utf8(output.stdout).unwrap();
    assert_eq!(code.trim().split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4], "{code}");
    assert!(shell.failure(&["members", "first-admin", "a b", "--name", "x"]).contains("number"));
}

/// The real server over the shell's folder, killed when dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:PORT`
    pub base: String,
}

impl Server {
    /// Starts it and waits until it serves.
    pub fn start(shell: &Shell) -> Self {
        Self::begun(shell.command().args(["serve", "--listen", "127.0.0.1:0"]))
    }

    /// The same where no file may grow beyond a length: to the server a disk without room.
    pub fn start_within(shell: &Shell, file_kib_max: u64) -> Self {
        let command = shell.command();
        let program = command.get_program().to_owned();
        // The signal that comes with it is ignored, so that the write itself fails.
        let script = "trap '' XFSZ; ulimit -f \"$1\"; exec \"$2\" serve --listen 127.0.0.1:0";
        let mut within = std::process::Command::new("bash");
        within.args(["-c", script, "bash", &file_kib_max.to_string()]).arg(program);
        within.current_dir(command.get_current_dir().unwrap());
        within.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::begun(&mut within)
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn begun(command: &mut std::process::Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let base = loop {
            let line = lines.next().expect("the server ended").unwrap();
            if let Some((_, base)) = line.split_once("serving on ") {
                break base.to_owned();
            }
        };
        // Its further words must not fill the pipe.
        std::thread::spawn(move || lines.count());
        Self { child, base }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // On Unix this is SIGKILL.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let kills = kills();
    let shell = Shell::new();
    shell.json(&["members", "import", &units(&shell), "--json"]);
    let codes = shell.folder.path().join("codes.csv").display().to_string();
    let file = write(&shell, "members.csv", &members(kills * WRITES_MAX));
    shell.json(&["members", "import", &file, "--codes", &codes, "--json"]);
    let code = shell.run(&["members", "first-admin", "9999", "--name", "Quản Trị"]).stdout;
    let code = String::from_utf8(code).unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut server = Server::start(&shell);
    let redeem = client.post(format!("{}/api/v1/invites/redeem", server.base));
    let redeem = redeem.header("content-type", "application/json");
    let reply = redeem.body(json!({"code": code.trim(), "password": PASSWORD}).to_string()).send().await.unwrap();
    assert_eq!(reply.status(), 201);
    let cookie = reply.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let send = async |base: &str, method: Method, path: String| {
        let request = client.request(method, format!("{base}{path}")).header("cookie", &cookie);
        request.header("origin", base).send().await
    };

    let mut acknowledged = BTreeSet::new();
    for kill in 0..kills {
        let (base, pid) = (server.base.clone(), server.child.id());
        // Killed by another thread, at a moment no write waits for.
        let after = 1 + (kill * 7) % WRITES_MAX;
        for n in 0..WRITES_MAX {
            let number = kill * WRITES_MAX + n + 1;
            let path = format!("/api/v1/members/{number}/roles/counsellor/A");
            let written = if n == after {
                let killer = tokio::task::spawn_blocking(move || {
                    std::process::Command::new("kill").args(["-9", &pid.to_string()]).status()
                });
                let sent = send(&base, Method::PUT, path).await;
                assert!(killer.await.unwrap().unwrap().success());
                sent
            } else {
                send(&base, Method::PUT, path).await
            };
            match written {
                Ok(reply) if reply.status() == 204 => acknowledged.insert(number),
                Ok(reply) => panic!("{}", reply.status()),
                Err(_) => break,
            };
        }
        drop(server);
        server = Server::start(&shell);
        for number in &acknowledged {
            if *number <= kill * WRITES_MAX {
                continue;
            }
            let reply = send(&server.base, Method::GET, format!("/api/v1/members/{number}")).await.unwrap();
            let detail: Value = serde_json::from_str(&reply.text().await.unwrap()).unwrap();
            assert_eq!(detail["roles"][0]["role"], "counsellor", "kill {kill}: {number} was acknowledged");
        }
    }
    assert!(kills <= acknowledged.len(), "only {} writes were acknowledged", acknowledged.len());
}
