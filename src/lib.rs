/*!
congdoan: a self-hosted legal assistant for a Vietnamese trade union.

Code map, in reading order (each layer imports only from the ones above it;
`tests/it/architecture.rs` checks that):

* `error`    what can go wrong, free of any transport
* `hex`      bytes as text
* `simd`     loops for the vector instructions this processor has
* `config`   settings: file < environment < flags, resolved once
* `law`      pure: documents, provisions, citations, dates, Vietnamese text
* `secrets`  keys, tokens, codes, sealed texts
* `fetch`    pinned packages: download, verify, unpack
* `models`   the models manifest: pull, verify, list
* `ingest`   corpus files -> documents -> passages
* `embed`    text -> vectors
* `generate` prompt -> streamed text
* `index`    generations: build beside, verify, swap, open
* `retrieve` question -> ranked provisions
* `calc`     statutory calculators: pure, dated parameters, each step cited
* `answer`   evidence -> composed, generated and checked answers
* `eval`     figures over questions with gold articles
* `engine`   bounded queues and worker threads between async callers and sync compute
* `picture`  pictures people send, decoded and written anew
* `accounts` people: units, members, roles, signing in; the ports it needs
* `community` the members' feed: posts, order, moderation, pictures; the ports it needs
* `courses`  lessons, quizzes, progress, certificates; the port it needs
* `history`  what members asked and were answered, sealed, for them alone
* `notices`  what members are told inside the program
* `review`   the counsellors' desk: a queue by what is at stake, decisions brought back
* `identity` who asked: opened by their own word or by two with a reason
* `replies`  writes that may be sent twice
* `support`  requests for support: states, budgets, what nobody decided in time
* `audit`    the log of what admins did
* `store`    the ports over SQLite: migrations, one writer, several readers
* `app`      composition root
* `views`    JSON mirrors of what the rims show (contract)
* `web`      the same as pages: text, no transport
* `http`     routes, statuses, streams
* `cli`      the command line
*/

pub mod accounts;
pub mod answer;
pub mod app;
pub mod audit;
pub mod calc;
pub mod cli;
pub mod community;
pub mod config;
pub mod courses;
pub mod embed;
pub mod engine;
pub mod error;
pub mod eval;
pub mod fetch;
pub mod generate;
pub mod hex;
pub mod history;
pub mod http;
pub mod identity;
pub mod index;
pub mod ingest;
pub mod law;
pub mod mail;
pub mod models;
pub mod notices;
pub mod picture;
pub mod replies;
pub mod retrieve;
pub mod review;
pub mod secrets;
mod simd;
pub mod store;
pub mod support;
pub mod views;
pub mod web;
