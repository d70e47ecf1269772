/*!
A served program with people in it, and the starter courses: who they are, and requests as
they send them.

Units: `N` (the whole union) over `A` (over `A1`) and `B`. Members: see [`PEOPLE`]; 7 and 8 have
not used their codes yet. Everybody's password is [`PASSWORD`].
*/

use congdoan::{
    accounts::{ClientFacts, FirstAdmin, ImportWish, IssuedCode, Role, Visitor},
    app::App,
};
use reqwest::{Method, RequestBuilder};

use crate::support::{Reply, TestServer, quoting_app};

/// Everybody's password.
pub const PASSWORD: &str = "mưa rơi trên mái";
/// A role and the code of its unit, where there is one.
type RoleOver = Option<(Role, &'static str)>;

/// Key, member number, role and its unit of those who have signed in.
pub const PEOPLE: [(&str, &str, RoleOver); 6] = [
    ("member", "1", None),
    ("counsellor", "2", Some((Role::Counsellor, "A"))),
    ("editor", "3", Some((Role::Editor, "A"))),
    ("inspector", "4", Some((Role::Inspector, "A"))),
    ("admin-a", "5", Some((Role::Admin, "A"))),
    ("admin", "9", None),
];
const UNITS: &str = "unit,unit_name,level,parent\nN,Ngành thử,sector,\nA,Cấp trên A,upper,N\n\
    A1,Cơ sở A1,base,A\nB,Cấp trên B,upper,N\n";
const MEMBERS: &str = "number,name,phone,email,unit\n1,Nguyễn Thị An,0900000001,,A1\n2,Trần Bình,,,A1\n\
    3,Lê Chi,,,A1\n4,Phạm Dũng,,,A1\n5,Vũ Em,,,A1\n7,Hồ Giang,,,A1\n8,Đỗ Hải,0900000008,,B\n";

/// The app with its people, and the codes of those who have not used theirs.
pub async fn with_people(app: App) -> (App, Vec<IssuedCode>) {
    app.open_store().await.unwrap();
    let accounts = app.accounts().unwrap();
    let mut codes = Vec::new();
    let mut hand_over = |issued: &[IssuedCode]| {
        codes.extend_from_slice(issued);
        Ok(())
    };
    for file in [UNITS, MEMBERS] {
        let report = accounts.import(file.as_bytes(), ImportWish::default(), app.now(), &mut hand_over).await.unwrap();
        assert_eq!(report.problem_count, 0);
    }
    let first = FirstAdmin {
        number: "9".to_owned(),
        name: "Quản Trị".to_owned(),
        unit: ("N".to_owned(), "Ngành thử".to_owned()),
    };
    let code = accounts.make_first_admin(&first, app.now()).await.unwrap().shown();
    let client = ClientFacts { address: "192.0.2.9".to_owned(), device: "trước".to_owned() };
    let signed_in = accounts.redeem(&code, PASSWORD, &client, app.now()).await.unwrap();
    let Visitor::Member(admin) = accounts.visitor(&signed_in.token, app.now()).await.unwrap() else { panic!() };
    for (_, number, role) in PEOPLE.iter().filter(|(_, number, _)| *number != "9") {
        let code = codes.iter().find(|code| code.number == *number).unwrap().code.shown();
        accounts.redeem(&code, PASSWORD, &client, app.now()).await.unwrap();
        if let Some((role, unit)) = role {
            accounts.give_role(&admin, number, *role, unit, app.now()).await.unwrap();
        }
    }
    drop(accounts);
    app.courses().unwrap().plant(&app.law_now(), app.now()).await.unwrap();
    (app, codes)
}

/// A server over the invented law and its people.
pub async fn people_server() -> (TestServer, App, Vec<IssuedCode>) {
    let (app, codes) = with_people(quoting_app().await).await;
    (TestServer::start(app.clone()).await, app, codes)
}

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    Nothing,
    Json(String),
    Form(String),
}

/// Somebody with a browser, signed in or not.
pub struct Person<'a> {
    server: &'a TestServer,
    cookie: Option<String>,
    pub form_token: String,
}

impl<'a> Person<'a> {
    /// Somebody who has shown nothing.
    pub fn anonymous(server: &'a TestServer) -> Self {
        Self { server, cookie: None, form_token: String::new() }
    }

    /// Signs in over the API.
    pub async fn sign_in(server: &'a TestServer, number: &str) -> Self {
        let nobody = Self::anonymous(server);
        let load = serde_json::json!({"name": number, "password": PASSWORD}).to_string();
        let reply = nobody.send(Method::POST, "/api/v1/sessions", Load::Json(load)).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        let mut person = Self::anonymous(server);
        person.keep_cookie(&reply);
        person.form_token = reply.value()["csrf_token"].as_str().unwrap().to_owned();
        person
    }

    /// Keeps the cookie of a reply, as a browser does.
    pub fn keep_cookie(&mut self, reply: &Reply) {
        let pair = reply.header("set-cookie").split(';').next().unwrap().to_owned();
        self.cookie = Some(pair);
    }

    /// The cookie that is shown, `name=value`; empty for who is not signed in.
    pub fn cookie(&self) -> &str {
        self.cookie.as_deref().unwrap_or_default()
    }

    /// A request as a browser on our own page sends it.
    pub fn request(&self, method: Method, path: &str, load: Load) -> RequestBuilder {
        let mut request = self.server.client().request(method, format!("{}{path}", self.server.base));
        let accept = if path.starts_with("/api/") { "application/json" } else { "text/html,*/*;q=0.8" };
        request = request.header("accept", accept);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        match load {
            Load::Nothing => request,
            Load::Json(text) => request.header("content-type", "application/json").body(text),
            Load::Form(text) => {
                let token = if text.is_empty() { "" } else { "&" };
                request
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(format!("{text}{token}csrf={}", self.form_token))
            }
        }
    }

    /// The same from our own origin, read to the end.
    pub async fn send(&self, method: Method, path: &str, load: Load) -> Reply {
        let request = self.request(method, path, load).header("origin", &self.server.base);
        Reply::read(request.send().await.unwrap()).await
    }

    /// The same as another site makes a browser send it.
    pub async fn send_from_elsewhere(&self, method: Method, path: &str, load: Load) -> Reply {
        let request = self.request(method, path, load).header("origin", "https://noi-khac.example");
        Reply::read(request.send().await.unwrap()).await
    }

    /// A page or JSON.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, Load::Nothing).await
    }

    /// A form, `a=1&b=2`.
    pub async fn submit(&self, path: &str, fields: &str) -> Reply {
        self.send(Method::POST, path, Load::Form(fields.to_owned())).await
    }
}
