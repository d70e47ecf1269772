/*!
The feed under load, over real HTTP: how long a page of twenty posts takes, and posting.

Measured: requests of readers who ask at once, each on a connection of their own: the newest
posts, the order "for you" of who follows three topics, a page far down, one post with its
comments, reacting, posting; p50 and p95 of each, and the size of the first page compressed.
With `--search` also filling the index of words and searching it. On: the union's size, 82,992
members in 249 units and 1,000,000 posts of two years unless a number is given, made here; a
fifth official, a third for the whole union; the server has two threads.

    cargo bench --bench feed -- [POSTS] [--search]
*/

use std::time::{Duration, Instant};

use congdoan::{
    accounts::{ClientFacts, ImportWish, IssuedCode},
    app::App,
    config::{Config, RawConfig},
    http,
    store::FILE,
};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

/// Members of the union.
const MEMBERS: u32 = 82_992;
/// Its grassroots units.
const UNITS: u32 = 249;
/// Posts, where no number is given.
const POSTS: u32 = 1_000_000;
/// Time between two posts, in milliseconds: a million of them in two years.
const POST_EVERY_MS: i64 = 63_000;
/// Members who have signed in.
const READERS: usize = 60;
/// Requests on their way at once.
const AT_ONCE: usize = 8;
/// Requests of each kind.
const REQUESTS: usize = 1_600;
/// Posts made: fewer than the readers may make in an hour.
const POSTED: usize = 240;
/// Threads of the server.
const SERVER_THREADS: usize = 2;
const PASSWORD: &str = "mưa rơi trên mái";

/// Somebody with a session.
#[derive(Clone)]
struct Reader {
    cookie: String,
    form_token: String,
}

fn main() -> anyhow::Result<()> {
    let posts = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(POSTS);
    let with_search = std::env::args().any(|argument| argument == "--search");
    let data = tempfile::tempdir()?;
    let mut raw = RawConfig::default();
    raw.paths.data = Some(data.path().to_owned());
    raw.paths.corpus = Some(vec![data.path().join("no-corpus")]);
    let app = App::open(Config::resolve(raw)?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(SERVER_THREADS).enable_all().build()?;
    runtime.block_on(async {
        let readers = fill(&app, data.path(), posts).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base = format!("http://{}", listener.local_addr()?);
        tokio::spawn(http::serve(app.clone(), listener, std::future::pending()));
        if with_search {
            let began = Instant::now();
            app.index_posts().await?;
            report(&format!("the index of words filled: {:.1} s", began.elapsed().as_secs_f64()));
        }
        std::thread::scope(|scope| scope.spawn(|| load(&base, &readers, posts, with_search)).join())
            .map_err(|_| anyhow::anyhow!("the load generator broke"))?
    })
}

/// Units and the readers by import, everybody else and the posts straight into the database.
async fn fill(app: &App, data: &std::path::Path, posts: u32) -> anyhow::Result<Vec<Reader>> {
    let began = Instant::now();
    app.open_store().await?;
    let accounts = app.accounts()?;
    let mut units = "unit,unit_name,level,parent\nN,Ngành,sector,\n".to_owned();
    units.extend((0..UNITS).map(|n| format!("U{n},Công đoàn cơ sở {n},base,N\n")));
    let mut members = "number,name,phone,email,unit\n".to_owned();
    members.extend((0..READERS).map(|n| format!("R{n},Nguyễn Văn {n},,,U{}\n", n as u32 % UNITS)));
    let mut codes: Vec<IssuedCode> = Vec::new();
    let mut hand_over = |issued: &[IssuedCode]| {
        codes.extend_from_slice(issued);
        Ok(())
    };
    for file in [&units, &members] {
        accounts.import(file.as_bytes(), ImportWish::default(), app.now(), &mut hand_over).await?;
    }
    let mut readers = Vec::new();
    for code in codes.iter().take(READERS) {
        let client = ClientFacts { address: code.number.clone(), device: "bench".to_owned() };
        let signed_in = accounts.redeem(&code.code.shown(), PASSWORD, &client, app.now()).await?;
        let cookie = format!("phien={}", signed_in.token.expose());
        readers.push(Reader { cookie, form_token: accounts.form_token(&signed_in.token) });
    }
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(data.join(FILE))).await?;
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1) \
         INSERT INTO members (number, name, name_folded, unit_id, unit_path, created_at_ms) \
         SELECT 'M' || i, 'Trần Thị ' || i, 'tran thi ' || i, u.id, u.path, 0 FROM n \
         CROSS JOIN units u ON u.code = 'U' || (i % ?2)",
    )
    .bind(MEMBERS - u32::try_from(READERS)?)
    .bind(UNITS)
    .execute(&pool)
    .await?;
    let now_ms = app.now().as_millisecond();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1), \
         p AS (SELECT i, ?2 - (?1 - i) * ?3 AS at, abs(i * 2654435761 % 1000003) AS r FROM n) \
         INSERT INTO posts (author_id, audience_id, official, topic, text, state, made_at_ms, shown_at_ms, likes, \
         points, change) SELECT 1 + r % ?4, CASE WHEN r % 3 = 0 THEN 1 ELSE 2 + r % ?5 END, r % 5 = 0, \
         CASE r % 8 WHEN 0 THEN 'vui' WHEN 1 THEN 'doi-song' WHEN 2 THEN 'an-toan' WHEN 3 THEN 'quyen-loi' \
         WHEN 4 THEN 'cong-doan' WHEN 5 THEN 'giup-nhau' WHEN 6 THEN 'kinh-nghiem' ELSE 'chuyen-nghe' END, \
         'Bài số ' || i || '. ' || replace(hex(zeroblob(12)), '00', 'Hôm nay ở xưởng có **chuyện** hay. '), \
         'shown', at, at, r % 30, at / 360000, i + 1 FROM p",
    )
    .bind(posts)
    .bind(now_ms)
    .bind(POST_EVERY_MS)
    .bind(MEMBERS)
    .bind(UNITS)
    .execute(&pool)
    .await?;
    let topics = "INSERT INTO followed_topics (member_id, topic) SELECT members.id, t.value FROM members \
                  CROSS JOIN json_each('[\"vui\", \"an-toan\", \"quyen-loi\"]') t WHERE number LIKE 'R%'";
    sqlx::query(topics).execute(&pool).await?;
    // The readers have written before: their posts do not wait for an editor.
    let first = "UPDATE posts SET author_id = (SELECT m.id FROM members m WHERE m.number = 'R' || (posts.id - 1)) \
                 WHERE id <= ?1";
    sqlx::query(first).bind(u32::try_from(READERS)?).execute(&pool).await?;
    sqlx::query("ANALYZE").execute(&pool).await?;
    pool.close().await;
    report(&format!("{MEMBERS} members and {posts} posts made: {:.1} s", began.elapsed().as_secs_f64()));
    Ok(readers)
}

/// The load, on a runtime of its own: its threads stand for the members' phones.
fn load(base: &str, readers: &[Reader], posts: u32, with_search: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let first = client.get(format!("{base}/bang-tin")).header("cookie", &readers[0].cookie);
        let first = first.header("accept", "text/html").header("accept-encoding", "gzip").send().await?;
        let status = first.status();
        report(&format!("the first page: {status}, {} bytes compressed", first.bytes().await?.len()));
        let far = format!("{}.{}.{}.{}.0", i64::MAX / 4, posts / 2, i64::MAX / 4, posts / 2);
        let recent = posts - posts / 100;
        let get = |path: String| move |_n: usize| (reqwest::Method::GET, path.clone(), None);
        measure(&client, base, readers, "newest", REQUESTS, get("/bang-tin".to_owned())).await?;
        measure(&client, base, readers, "for you", REQUESTS, get("/bang-tin?xem=cho-ban".to_owned())).await?;
        measure(&client, base, readers, "a later page", REQUESTS, get(format!("/bang-tin?sau={far}"))).await?;
        let topic = get("/bang-tin?xem=cho-ban&chu_de=vui".to_owned());
        measure(&client, base, readers, "one topic", REQUESTS, topic).await?;
        let react = move |n: usize| {
            let id = recent as usize + n % 97;
            let load = Some("{\"reaction\":\"like\"}".to_owned());
            (reqwest::Method::PUT, format!("/api/v1/posts/{id}/reaction"), load)
        };
        measure(&client, base, readers, "reacting (404 where it is for others)", REQUESTS, react).await?;
        let write = |n: usize| {
            let load = format!("{{\"text\":\"Bài mới số {n}\",\"topic\":\"vui\"}}");
            (reqwest::Method::POST, "/api/v1/posts".to_owned(), Some(load))
        };
        measure(&client, base, readers, "posting", POSTED, write).await?;
        if with_search {
            let search = get("/bang-tin/tim?tim=chuyen+xuong+1234".to_owned());
            measure(&client, base, readers, "searching", REQUESTS, search).await?;
        }
        Ok(())
    })
}

async fn measure(
    client: &reqwest::Client,
    base: &str,
    readers: &[Reader],
    what: &str,
    requests: usize,
    ask: impl Fn(usize) -> (reqwest::Method, String, Option<String>) + Sync,
) -> anyhow::Result<()> {
    let began = Instant::now();
    let ask = &ask;
    let lanes = (0..AT_ONCE).map(|lane| async move {
        let mut taken: Vec<(Duration, u16)> = Vec::new();
        for n in (lane..requests).step_by(AT_ONCE) {
            let reader = &readers[n % readers.len()];
            let (method, path, load) = ask(n);
            let mut request = client.request(method, format!("{base}{path}"));
            request = request.header("cookie", &reader.cookie).header("x-csrf-token", &reader.form_token);
            request =
                request.header("accept", if path.starts_with("/api/") { "application/json" } else { "text/html" });
            if let Some(load) = load {
                request = request.header("content-type", "application/json").body(load);
            }
            let started = Instant::now();
            let response = request.send().await?;
            let status = response.status().as_u16();
            response.bytes().await?;
            taken.push((started.elapsed(), status));
        }
        Ok::<_, anyhow::Error>(taken)
    });
    let lanes: Vec<_> = futures_util::future::join_all(lanes).await;
    let mut all = Vec::new();
    for lane in lanes {
        all.extend(lane?);
    }
    let wall = began.elapsed().as_secs_f64();
    let ok = all.iter().filter(|(_, status)| *status < 400).count();
    let mut times: Vec<Duration> = all.iter().map(|(time, _)| *time).collect();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    let (p50, p95) = (at(50), at(95));
    let each_s = times.len() as f64 / wall;
    report(&format!(
        "{what}: p50 {p50:.1} ms, p95 {p95:.1} ms, {each_s:.0} a second; {ok} of {} answered",
        times.len()
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a bench reports to who runs it")]
fn report(line: &str) {
    println!("{line}");
}
