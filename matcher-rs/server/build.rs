//! Makes the gRPC code from `proto/`, without the program `protoc`.

use std::error::Error;
use std::path::PathBuf;

use protox::prost::Message;

const FILE: &str = "skillbridge/matcher/v1/matcher.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "proto"].iter().collect();
    println!("cargo:rerun-if-changed={}", root.join(FILE).display());
    let described = protox::compile([FILE], [&root])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("matcher.bin"), described.encode_to_vec())?;
    tonic_prost_build::configure()
        .build_client(true)
        .codec_path("crate::grpc::codec::Guarded")
        .build_transport(false)
        .compile_fds(described)?;
    Ok(())
}
