/*! What the feed's part of the JSON API takes and gives, in the form of [`table`](super::table). */

/// The operations, in the order of the route table.
pub(super) const OPERATIONS: &str = "
GET /api/v1/posts | member | ?order:newest|for_you ?topic ?after ?q ?saved:flag | 200 Feed | A page of the feed; with `q` the posts that hold its words, with `saved=1` those one keeps
POST /api/v1/posts | member | NewPost | 201 Post | Publishes a post; a member's first one waits for an editor
GET /api/v1/posts/{id:int} | member | - | 200 ShownPost | One post
PUT /api/v1/posts/{id:int} | member | Words | 200 Post | Changes the words of one's own post
DELETE /api/v1/posts/{id:int} | member | - | 204 - | Takes one's own post back
GET /api/v1/posts/{id:int}/versions | member | - | 200 PostVersions | Its earlier wordings
POST /api/v1/posts/{id:int}/pictures | member | file | 201 Picture | Adds a picture to one's own post; the body is its file
PUT /api/v1/posts/{id:int}/reaction | member | React | 200 Post | Says what one feels
DELETE /api/v1/posts/{id:int}/reaction | member | - | 204 - | Takes that back
PUT /api/v1/posts/{id:int}/saved | member | - | 204 - | Keeps a post
DELETE /api/v1/posts/{id:int}/saved | member | - | 204 - | No longer
GET /api/v1/posts/{id:int}/comments | member | ?after:int | 200 Comments | Its comments
POST /api/v1/posts/{id:int}/comments | member | Words | 201 Made | Comments on it
PUT /api/v1/posts/{id:int}/comments/{n:int} | member | Words | 204 - | Changes one's own comment
DELETE /api/v1/posts/{id:int}/comments/{n:int} | member | - | 204 - | Takes one's own comment back
GET /api/v1/posts/{id:int}/comments/{n:int}/versions | member | - | 200 PostVersions | Its earlier wordings
PUT /api/v1/me/topics | member | Follow | 204 - | Sets the topics one follows
GET /api/v1/reports | member | ?own:flag | 200 Reports | What waits for an editor; with `own=1` what was decided of one's own words
POST /api/v1/reports | member | Report | 202 Reported | Reports a post or a comment on it
GET /api/v1/reports/log | member | ?before:int | 200 FeedLog | What was done, for editors and inspectors
GET /api/v1/reports/meter | member | - | 200 FeedMeter | The union's share of the feed, week by week
POST /api/v1/reports/{id:int}/decision | member | Ruling | 200 FeedCase | Decides a case, or answers its appeal
POST /api/v1/reports/{id:int}/appeal | member | Appeal | 202 - | Asks for another look at a decision
";

/// The schemas.
pub(super) const SCHEMAS: &str = "
NewPost: text text, topic text, audience~ text?, official~ bool?, card~ Any?, confirmed~ bool?
Words: text text, confirmed~ bool?
React: reaction like|care|useful|fun
Follow: topics [text]
Made: id int
Reactions: like int, care int, useful int, fun int
Picture: url text, small_url text, width int, height int
Card: kind provision|answer, title text, url text
Post: id int, url text, author text, author_unit text, audience text, official bool, topic text, text text, state held|shown|hidden|removed, made_at time, edited_at time?, pinned_until time?, reactions Reactions, comments int, card Card?, pictures [Picture], check right|partly|wrong?
ShownPost: id int, url text, author text, author_unit text, audience text, official bool, topic text, text text, state held|shown|hidden|removed, made_at time, edited_at time?, pinned_until time?, reactions Reactions, comments int, card Card?, pictures [Picture], check right|partly|wrong?, reaction like|care|useful|fun?, saved bool, own bool
Feed: pinned~ [ShownPost], posts [ShownPost], next~ text?, followed~ [text]
PostVersions: versions [PostVersion]
PostVersion: text text, until time
Comments: comments [Comment], next int?
Comment: id int, post int, author text, author_unit text, text text, made_at time, edited_at time?, own bool
Report: post int, comment~ int?, reason untrue|insult|privacy|fraud|indecent|other, words~ text?
Reported: new bool
Reports: reports [FeedCase]
FeedCase: id int, kind first|report, state open|decided|appealed|closed, post int, comment int?, text text, reports int, reasons [Any], opened_at time, decision keep|hide|remove?, reason text?, appeal text?, restored bool?, appeal_reason text?, may_be_appealed bool
Ruling: ruling keep|hide|remove, reason text
Appeal: words text
FeedLog: log [FeedLogEntry]
FeedLogEntry: id int, at time, actor text, post int, comment int?, act text, reason text
FeedMeter: weeks [FeedWeek]
FeedWeek: monday date, official_posts int, member_posts int, comments int, reactions int, written_percent int?, shown_percent int?
";
