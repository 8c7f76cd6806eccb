//! The gRPC API: the same questions as the REST API, in the words of `matcher.proto`.

pub(crate) mod codec;
mod convert;

use std::sync::Arc;
use std::time::Instant;

use tonic::{Request, Response, Status};

use crate::admission::Ticket;
use crate::call::after;
use crate::problem::Problem;
use crate::service::Service;
use proto::matcher_server::{Matcher, MatcherServer};
use proto::{
    AssignRequest, AssignResponse, GetPoolRequest, PatchPoolRequest, PoolState, PutPoolRequest, RankRequest,
    RankResponse,
};

/// The messages, the client and the server that `matcher.proto` describes.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::pedantic, reason = "generated; see matcher.proto")]
pub mod proto {
    tonic::include_proto!("skillbridge.matcher.v1");

    /// `matcher.proto` and what it imports, as gRPC reflection tells it.
    pub(crate) const DESCRIPTION: &[u8] = tonic::include_file_descriptor_set!("matcher");
}

/// The five operations.
#[derive(Debug)]
pub(crate) struct Door(Arc<Service>);

type Answer<T> = Result<Response<T>, Status>;

/// The gRPC API before `service`. How large a message may be is judged where bodies are metered.
pub(crate) fn door(service: Arc<Service>) -> MatcherServer<Door> {
    MatcherServer::new(Door(service)).max_decoding_message_size(usize::MAX).max_encoding_message_size(usize::MAX)
}

fn ticket<T>(request: &Request<T>) -> Result<Ticket, Problem> {
    request.extensions().get().cloned().ok_or_else(|| Problem::Internal("a request without a ticket".to_owned()))
}

#[tonic::async_trait]
impl Matcher for Door {
    async fn get_pool(&self, request: Request<GetPoolRequest>) -> Answer<PoolState> {
        let tenant = convert::tenant(&request.get_ref().tenant_id)?;
        Ok(Response::new(self.0.pool(tenant)?.into()))
    }

    async fn put_pool(&self, request: Request<PutPoolRequest>) -> Answer<PoolState> {
        let (ticket, said) = (ticket(&request)?, request.into_inner());
        let tenant = convert::tenant(&said.tenant_id)?;
        Ok(Response::new(self.0.put(tenant, ticket, move || Ok(said.try_into()?)).await?.into()))
    }

    async fn patch_pool(&self, request: Request<PatchPoolRequest>) -> Answer<PoolState> {
        let (ticket, said) = (ticket(&request)?, request.into_inner());
        let tenant = convert::tenant(&said.tenant_id)?;
        Ok(Response::new(self.0.patch(tenant, ticket, move || Ok(said.try_into()?)).await?.into()))
    }

    async fn rank(&self, request: Request<RankRequest>) -> Answer<RankResponse> {
        let Ticket { arrived, allowed, .. } = ticket(&request)?;
        if allowed.is_some_and(|allowed| after(arrived, allowed) <= Instant::now()) {
            return Err(Problem::Overdue.into());
        }
        let said = request.into_inner();
        let whose = convert::source(&said.tenant_id)?;
        Ok(Response::new(self.0.rank(whose, convert::ranking(said)?)?.into()))
    }

    async fn assign(&self, request: Request<AssignRequest>) -> Answer<AssignResponse> {
        let (ticket, said) = (ticket(&request)?, request.into_inner());
        let whose = convert::source(&said.tenant_id)?;
        let answer = self.0.assign(whose, ticket, move || Ok(said.try_into()?), |answer| Ok(answer.into())).await?;
        Ok(Response::new(answer))
    }
}
