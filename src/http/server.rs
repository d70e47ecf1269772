/*!
Connections: taken up to a limit, given up when they dawdle, ended in order.

Owns what lies below a request: how many connections are held, how long the head of a
request may take (so that clients who send a byte a minute hold nothing), how long a client may
leave unread what it asked for, and stopping.
*/

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{deadline::ReadersOnly, router, who::PeerAddress};
use crate::{
    app::App,
    config::HttpConfig,
    error::{Error, Result},
};

/// Longest time running answers get to finish after the signal to stop, in seconds.
const DRAIN_S_MAX: u64 = 20;

/// Pause after a connection could not be taken, in milliseconds: most often there are too many
/// open files, and trying again at once would only burn the processor.
const ACCEPT_PAUSE_MS: u64 = 500;

/// Serves until `shutdown`, then lets running answers finish for `DRAIN_S_MAX` seconds.
///
/// # Errors
/// `Internal` when the listener has no address, that is, is none.
pub async fn serve(app: App, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    listener.local_addr().map_err(|e| Error::Internal(anyhow::Error::new(e).context("serving")))?;
    let limits = app.config().http.clone();
    let places = Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS)));
    let graceful = GracefulShutdown::new();
    let router = router(app);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, address, place) = tokio::select! {
            () = shutdown.as_mut() => break,
            taken = take(&listener, &places) => taken,
        };
        let paced = |stream| ReadersOnly::new(stream, Duration::from_millis(limits.write_ms_max));
        let connection = connection(&limits).serve_connection(TokioIo::new(paced(stream)), service(&router, address));
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that breaks is the client's affair: answers are cancelled by it.
            let _ = connection.await;
            drop(place);
        });
    }
    // No new connections from here on.
    drop(listener);
    if tokio::time::timeout(Duration::from_secs(DRAIN_S_MAX), graceful.shutdown()).await.is_err() {
        tracing::warn!(drain_s_max = DRAIN_S_MAX, "stopped before all answers had ended");
    }
    Ok(())
}

/// The next connection, once there is a place for it.
async fn take(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<tokio::sync::OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let place = places.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Pieces of an answer are small and wanted at once.
                let _ = stream.set_nodelay(true);
                return (stream, address, place);
            }
            Err(error) => {
                tracing::warn!("a connection could not be taken: {error}");
                tokio::time::sleep(Duration::from_millis(ACCEPT_PAUSE_MS)).await;
            }
        }
    }
}

fn connection(limits: &HttpConfig) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(Duration::from_millis(limits.header_ms_max));
    builder
}

/// Each request knows the address its connection comes from.
#[derive(Clone)]
struct WithAddress {
    inner: TowerToHyperService<Router>,
    address: SocketAddr,
}

impl hyper::service::Service<Request<Incoming>> for WithAddress {
    type Response = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as hyper::service::Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(PeerAddress(self.address));
        self.inner.call(request)
    }
}

fn service(router: &Router, address: SocketAddr) -> WithAddress {
    WithAddress { inner: TowerToHyperService::new(router.clone()), address }
}
