/*!
What the JSON API takes and gives, a line for each operation and each schema.

An operation: method and address, who may (`anybody`, `member`, `admin` for the admin token or
an admin of the whole union),
what is sent, status and what comes back, what it does. Parts of an address and parameters are text
unless a type follows their name (`{id:int}`, `?limit:int`); `?q!` must be there; `events` are
server-sent events, `X+events` either of both, `file` any bytes,
`plain` text, `flag` a switch of an address; a body `X?` may be left out. A schema: its name and fields; `?` after a
type means that it may be null, `~` after a name that the field may be missing, `[X]` a list, `<X>`
an object of them by name, `a|b` one of these words.
*/

/// The operations, in the order of the route table.
pub(super) const OPERATIONS: &str = "
POST /api/v1/chat | anybody | Question | 200 Answer+events | Asks a question. Without `Accept: application/json` the events of the answer as server-sent events
GET /api/v1/chat/{run} | anybody | - | 200 Answer+events | Reads an answer on after `Last-Event-ID`, or its outcome
POST /api/v1/chat/{run}/stop | anybody | - | 200 Stopped | Stops an answer
POST /v1/chat/completions | anybody | Any | 200 Any+events | The same answers in OpenAI's form
GET /v1/models | anybody | - | 200 Any | Models in OpenAI's form
GET /v1/models/{model} | anybody | - | 200 Any | One of them
GET /api/v1/search | anybody | ?q! ?as_of:date ?limit:int ?passages:flag ?explain:flag | 200 Search | Searches the law
GET /api/v1/calculators | anybody | - | 200 Calculators | Calculators and their fields
POST /api/v1/calculators/{name} | anybody | Inputs | 200 Outcome | Works a right out
GET /api/v1/admin/corpus/uploads | admin | - | 200 Uploads | Uploaded files that belong to the corpus
POST /api/v1/admin/corpus/uploads | admin | ?name file | 201 Any | Takes a file in, the body, under a name; or the files of a form
DELETE /api/v1/admin/corpus/uploads/{name} | admin | - | 204 - | Takes an uploaded file out of the corpus, from the next build on
POST /api/v1/admin/corpus/builds | admin | Any? | 202 Any | Builds a generation
GET /api/v1/admin/corpus/builds/{id} | admin | - | 200 Any | A build
GET /api/v1/admin/corpus/builds/{id}/events | admin | - | 200 events | Its progress as server-sent events
GET /api/v1/admin/corpus/generations | admin | - | 200 Any | Generations
POST /api/v1/admin/corpus/generations/{id}/activate | admin | Any? | 200 Any | Activates one
POST /api/v1/admin/corpus/rollback | admin | - | 200 Any | Goes back to the generation that was active before
GET /api/v1/admin/corpus/diff | admin | - | 200 Any | What a reload would change
GET /livez | anybody | - | 200 plain | Whether the program runs
GET /readyz | anybody | - | 200 Any | What is ready and what is degraded
GET /version | anybody | - | 200 Version | Versions
GET /openapi.json | anybody | - | 200 Any | This document
GET /api/v1/sessions | member | - | 200 Sessions | One's own sessions
POST /api/v1/sessions | anybody | SignIn | 201 SignedIn | Signs in; the cookie is in the headers
DELETE /api/v1/sessions/{id} | member | - | 204 - | Ends a session; `current` is the one that asks
POST /api/v1/invites/redeem | anybody | Redeem | 201 SignedIn | Uses an invite code: sets the password and signs in
GET /api/v1/me | member | - | 200 MemberDetail | One's own account
DELETE /api/v1/me | member | Current | 204 - | Erases one's own account and data
POST /api/v1/me/password | member | NewPassword | 204 - | Changes one's own password
GET /api/v1/api-keys | member | - | 200 ApiKeys | One's own keys of programs
POST /api/v1/api-keys | member | NewApiKey | 201 ApiKey | Makes a key; its text is shown here alone
DELETE /api/v1/api-keys/{id:int} | member | - | 204 - | Ends a key
GET /api/v1/units | member | - | 200 Units | Units one sees
GET /api/v1/members | member | ?unit ?q ?role ?after | 200 Members | Members within an admin's reach
GET /api/v1/members/{number} | member | - | 200 MemberDetail | One member
POST /api/v1/members/{number}/invite | member | - | 201 Invite | Makes an invite code; it is shown here alone
POST /api/v1/members/{number}/block | member | Block | 204 - | Blocks a member, or lets them in again
PUT /api/v1/members/{number}/roles/{role:counsellor|editor|inspector|admin}/{unit} | member | - | 204 - | Gives a role
DELETE /api/v1/members/{number}/roles/{role:counsellor|editor|inspector|admin}/{unit} | member | - | 204 - | Takes a role
GET /api/v1/courses | anybody | - | 200 Courses | Courses, with one's own progress
GET /api/v1/courses/{slug} | anybody | - | 200 Course | One course
GET /api/v1/courses/{slug}/certificate | member | - | 200 Any | One's own certificate
GET /api/v1/courses/{slug}/completion | member | ?unit | 200 Any | Counts that name nobody
GET /api/v1/lessons/{slug}/{lesson} | anybody | - | 200 Any | One lesson
POST /api/v1/lessons/events | member | Any | 200 Any | Records steps made without a line
GET /api/v1/conversations | member | ?after ?q | 200 Conversations | One's own conversations; with `q` the questions that hold its words
GET /api/v1/conversations/{id} | member | - | 200 WholeConversation | One conversation
DELETE /api/v1/conversations/{id} | member | - | 204 - | Drops it
POST /api/v1/conversations/{id}/messages/{n:int}/verdict | member | Judge | 204 - | Says what one thinks of an answer
POST /api/v1/conversations/{id}/messages/{n:int}/review | member | - | 202 Due | Hands the conversation over to a counsellor
POST /api/v1/conversations/{id}/messages/{n:int}/replies | member | Reply | 201 Due | Writes to the counsellors of a conversation handed over
POST /api/v1/conversations/{id}/messages/{n:int}/share | member | - | 201 Share | Makes a link to one answer; it is shown here alone
DELETE /api/v1/conversations/{id}/messages/{n:int}/share | member | - | 204 - | Ends the link
GET /api/v1/me/consents | member | - | 200 Consents | What one agreed to
PUT /api/v1/me/consents/{purpose:keep-questions|review} | member | - | 204 - | Agrees
DELETE /api/v1/me/consents/{purpose:keep-questions|review} | member | - | 204 - | Takes it back
GET /api/v1/me/export | member | - | 200 Any | All that is kept of oneself
GET /api/v1/reviews | member | - | 200 Reviews | The counsellors' queue
GET /api/v1/reviews/{id:int} | member | - | 200 Review | One case
POST /api/v1/reviews/{id:int}/claim | member | - | 204 - | Takes it in hand
POST /api/v1/reviews/{id:int}/release | member | - | 204 - | Lays it back
POST /api/v1/reviews/{id:int}/decision | member | Decision | 200 ReviewState | Decides it
POST /api/v1/reviews/{id:int}/replies | member | Reply | 201 - | Writes to who asked
GET /api/v1/precedents | member | - | 200 Precedents | Answers counsellors approved for everybody, those to be renewed first
GET /api/v1/precedents/{id:int} | member | - | 200 Precedent | One of them
DELETE /api/v1/precedents/{id:int} | member | - | 204 - | Drops it
POST /api/v1/precedents/{id:int}/renew | member | Renewal | 204 - | Binds it to the law of today
GET /api/v1/quality | anybody | - | 200 Quality | How good answers are, month by month
GET /api/v1/notices | member | ?after | 200 Notices | What one is told, newest first
POST /api/v1/notices/read | member | - | 200 Any | Notes that all that are shown were read
POST /api/v1/notices/{id:int}/read | member | - | 204 - | Notes that one was read
PUT /api/v1/me/quiet-hours | member | QuietHours | 204 - | Sets the hours in which nothing new is shown
DELETE /api/v1/me/quiet-hours | member | - | 204 - | Ends them
GET /api/v1/reviews/{id:int}/identity | member | - | 200 Identity | What one may know of who asked
POST /api/v1/reviews/{id:int}/identity | member | Wish | 201 OpeningState | Wishes to know who asked
GET /api/v1/identity-openings | member | ?before:int | 200 Openings | The log of such wishes
POST /api/v1/identity-openings/{id:int}/decision | member | Grant | 200 OpeningState | Agrees to a wish, or refuses it
PUT /api/v1/conversations/{id}/messages/{n:int}/identity | member | - | 204 - | Lets the counsellors of one's case know who asked
DELETE /api/v1/conversations/{id}/messages/{n:int}/identity | member | - | 204 - | Takes that back
GET /api/v1/support-requests | member | - | 200 SupportRequests | One's own requests for support
POST /api/v1/support-requests | member | NewSupportRequest | 201 SupportNumber | Asks for support
GET /api/v1/support-requests/register | member | ?unit ?year:int ?state:sent|taken|asked|approved|refused|done|withdrawn| ?before:int | 200 SupportRegister | The register of a unit's year, for its officers
GET /api/v1/support-requests/{id:int} | member | - | 200 SupportRequest | One request, for its member and the officers over their unit
POST /api/v1/support-requests/{id:int}/{act:say|withdraw|take|ask|approve|refuse|finish} | member | SupportAct | 200 SupportState | `say`, `withdraw`, `take`, `ask`, `approve`, `refuse` or `finish`
";

/// The schemas.
pub(super) const SCHEMAS: &str = "
Question: question text, as_of~ date?, generate~ bool?, conversation_id~ text?, unit~ text?
Answer: question text, understood text, as_of date, status answered|abstained|clarify, answer text, sentences [Sentence], citations [Citation], clarify Clarify?, next_steps [text], precedent PrecedentShown?, calculator Any?, generator text, corpus_release text, label Label, conversation_id~ text, run~ text, timings_ms <number>
Sentence: text text, citations [int], supported bool, withdrawn bool, reason~ text
Citation: n int, id text, law_id text, article_id text?, clause_id text?, point_id text?, citation text, title text, lead_in text, quote text, quote_start int, quote_end int, url text, in_force bool, notes [text]
Clarify: question text, choices [Choice]
Choice: label text, answer text, citations [Citation]
Label: ai bool, text text, generator text, corpus_release text, made_at time?
Stopped: run text, stopped bool
Search: query text, understood text, as_of date, law_words~ [text], notes~ [text], mode hybrid|lexical, vectors~ Any?, hits [Hit], timings_ms <number>
Hit: rank int, score number, id text, law_id text, article_id text?, clause_id text?, citation text, title text, text text, passage text, in_force bool, effective_from date?, effective_to date?, url text, explain~ <number>, related~ [Any]
Calculators: calculators [Calculator]
Calculator: name text, title text, summary text, fields [Field], url text
Field: name text, label text, kind money|whole|decimal|day|month|choice|flag, needed bool, hint~ text, bounds~ [int], choices~ [Any]
Inputs: inputs~ <Any>?, as_of~ date?
Outcome: calculator text, title text, as_of date, figures [Any], steps [Any], assumptions [text], not_covered [text], missing [Field], missing_documents [Any]
Uploads: files [Upload]
Upload: name text, bytes int
Version: version text, corpus_release text?, generator text, embedder text
SignIn: name text, password text
Redeem: code text, password text
SignedIn: expires_at time, csrf_token text
Current: current text
NewPassword: current text, password text
Sessions: sessions [Session]
Session: id int, device text, created_at time, seen_at time, expires_at time, current bool
MemberDetail: number text, name text, unit text, unit_name text, state invited|active|blocked, phone text?, email text?, roles [Role]
Member: number text, name text, unit text, unit_name text, state invited|active|blocked
Role: role counsellor|editor|inspector|admin, unit text
Members: unit text, total int, members [Member], next text?
Units: units [Unit]
Unit: code text, name text, level sector|upper|base|team, parent text?
Invite: number text, code text, message logged|sent?
Block: blocked bool
NewApiKey: name text, scopes [Scope], requests_per_minute_max~ int?, days~ int?
Scope = ask|read|people
ApiKeys: api_keys [ApiKey]
ApiKey: id int, name text, scopes [Scope], requests_per_minute_max int, created_at time, expires_at time, key~ text
Courses: courses [Course]
Course: slug text, title text, summary text, audience text, minutes int, version int, updated text, completion_rule text, pass_percent int, lessons [Any], certificate Any?
Conversations: conversations~ [Conversation], next~ text?, found~ [FoundQuestion]
FoundQuestion: conversation text, n int, made_at time, question text
Conversation: id text, last_at time, messages int, question text
WholeConversation: id text, messages [KeptMessage]
KeptMessage: n int, made_at time, answer Answer, verdict useful|wrong|unclear?, verdict_words text?, shared_until time?, review ReviewOutcome?, talk Talk?, recalled_at time?
Judge: verdict useful|wrong|unclear, words~ text?
Due: due_at time
Share: url text
Consents: consents [Consent]
Consent: purpose keep-questions|review|topics, since time
Reviews: reviews [Review]
Review: id int, state open|second|done, risk int, reasons [text], entered_at time, due_at time, late bool, escalated int, claimed mine|taken?, answer Answer, heard useful|wrong|unclear?, heard_words text?, handed_over bool, outcome ReviewOutcome?, findings [Finding], replies [Written], claims [Claim]
Finding: verdict right|wrong|incomplete|dangerous, sentence int?, correction text?, decided_at time, reason text?, mine bool, final bool
Claim: n int, sentence Sentence, reason text?, fault_now text?, clauses [ClauseBeside]
ClauseBeside: citation Citation, before text, after text, change text?
Written: from member|counsellor, text text, made_at time
Talk: state open|second|done, due_at time, handed_over bool, replies [Written]
Reply: text text
PrecedentShown: question text, sentences [Sentence], citations [Citation], signed_as text, signed_at time
Precedents: precedents [Precedent]
Precedent: id int, state serving|renewal, question text, answer text, citations [Citation], signed_as text, signed_at time, retired_at time?
Renewal: text~ text?, sources~ [text]?
Quality: months [QualityMonth]
QualityMonth: month text, answered int?, abstained int?, clarified int?, reviewed int?, corrected int?, overturned int?, agreement_percent int?
QuietHours: from text, to text
ReviewOutcome: verdict right|wrong|incomplete|dangerous, sentence int?, correction text?, decided_at time
Decision: verdict right|wrong|incomplete|dangerous, sentence~ int?, reason~ text?, correction~ text?, precedent~ PrecedentWish?
PrecedentWish: question text, sources~ [text]?
ReviewState: id int, state open|second|done
Identity: state closed|wished|refused|ended|open, number~ text, name~ text, unit~ text, phone~ text, ends_at~ time
Wish: reason text
OpeningState: id int, state wished|granted|refused
Openings: openings [Opening]
Opening: id int, review int, reason text, wished_by text?, wished_at time, state wished|granted|refused, decided_by text?, decided_at time?, ends_at time?, seen_at time?
Grant: grant bool
Notices: notices [Notice], unread int, quiet_hours QuietHours?, quiet_until time?, next text?
NewSupportRequest: kind hardship|smartphone|legal|other, words text
SupportNumber: id int
SupportRequests: requests [SupportCard]
SupportUnit: code text, name text
SupportCard: id int, kind hardship|smartphone|legal|other, state sent|taken|asked|approved|refused|done|withdrawn, unit SupportUnit, desk SupportUnit, member text, member_name text, sent_at time, due_at time, amount_dong int, decided_at time?
SupportRequest: id int, kind hardship|smartphone|legal|other, state sent|taken|asked|approved|refused|done|withdrawn, unit SupportUnit, desk SupportUnit, member text, member_name text, sent_at time, due_at time, amount_dong int, decided_at time?, late bool, is_own bool, may_decide bool, words text, timeline [SupportEntry], files [SupportFile], left_dong int?
SupportEntry: at time, side member|officer|service, what text, state text?, text text
SupportFile: n int, name text, content_type text, bytes int, url text
SupportRegister: unit text, year int, requests [SupportCard]?, next int?, budgets [SupportBudget]
SupportBudget: unit text, unit_name text, budget_dong int, promised_dong int
SupportAct: words~ text?, amount_dong~ int??
SupportState: id int, state sent|taken|asked|approved|refused|done|withdrawn
Notice: id int, kind review|reply|recall|feed|support|course|identity|desk, title text, link text, made_at time, read_at time?
ReadCount: read int
OpenAiProblem: error OpenAiError
OpenAiError: message text, type text, param text?, code text
Problem: type text, title text, status int, code text, detail text, field~ text, retry_after_s~ int
";
