//! The secret that our own programs share with the matcher: who knows it may ask, and nobody else.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq;

use crate::observe::is_grpc;
use crate::problem::Problem;
use crate::service::Service;

/// A shorter secret could be guessed.
const LEAST: usize = 32;

/// What a caller says in `authorization: Bearer …`, as a header or as metadata of gRPC.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<str>);

impl Secret {
    /// Takes 32 or more characters that a header can carry.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.len() < LEAST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("the secret has {LEAST} or more letters, digits and signs, no blanks"));
        }
        Ok(Self(text.into()))
    }

    /// Whether the caller knows it; the time it takes does not tell how much of it is right.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, said) = said.split_once(' ').unwrap_or_default();
        scheme.eq_ignore_ascii_case("bearer") && bool::from(self.0.as_bytes().ct_eq(said.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

/// Turns away whoever does not know the secret, before anything of the request is read.
pub(crate) async fn demand(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    match &service.settings.secret {
        Some(secret) if !secret.is_in(request.headers()) => Problem::Stranger.answer(is_grpc(request.headers())),
        _ => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const TEXT: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn only_the_whole_secret_is_it() -> Result<(), String> {
        let secret = Secret::new(TEXT)?;
        let said = |text: &str| {
            let value = HeaderValue::from_str(text).map_err(|error| error.to_string())?;
            Ok::<_, String>(secret.is_in(&[(header::AUTHORIZATION, value)].into_iter().collect()))
        };
        assert!(said(&format!("Bearer {TEXT}"))? && said(&format!("bearer {TEXT}"))?);
        for wrong in ["", "Bearer", "Bearer ", TEXT, &format!("Basic {TEXT}"), &format!("Bearer {}", &TEXT[1..])] {
            assert!(!said(wrong)?, "{wrong}");
        }
        for longer in [format!("Bearer {TEXT}0"), format!("Bearer {TEXT} "), format!("Bearer  {TEXT}")] {
            assert!(!said(&longer)?, "{longer}");
        }
        assert!(!secret.is_in(&HeaderMap::new()));
        Ok(())
    }

    #[test]
    fn a_secret_is_long_and_never_shown() -> Result<(), String> {
        for short in ["", &TEXT[1..], &format!("{} ", &TEXT[1..]), &"ü".repeat(40)] {
            assert!(Secret::new(short).is_err(), "{short}");
        }
        assert_eq!(format!("{:?}", Secret::new(TEXT)?), "Secret");
        Ok(())
    }
}
