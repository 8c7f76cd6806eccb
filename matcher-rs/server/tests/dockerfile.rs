//! The Dockerfile names what is there: no engine is needed to know that.

mod support;

use std::fs;
use std::path::PathBuf;

use support::Outcome;

fn workspace() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}

/// The instructions, continued lines joined, comments left out.
fn instructions() -> Result<Vec<(String, String)>, support::Fault> {
    let text = fs::read_to_string(workspace().join("Dockerfile"))?.replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let split = lines.filter_map(|line| line.split_once(' '));
    Ok(split.map(|(word, rest)| (word.to_owned(), rest.trim().to_owned())).collect())
}

fn last(word: &str) -> Result<String, support::Fault> {
    let found = instructions()?.into_iter().rfind(|(other, _)| other == word);
    Ok(found.ok_or(format!("no {word}"))?.1)
}

#[test]
fn what_is_copied_exists() -> Outcome {
    let mut copied = 0;
    for (_, rest) in instructions()?.into_iter().filter(|(word, _)| word == "COPY") {
        let words: Vec<&str> = rest.split_whitespace().collect();
        let (_, sources) = words.split_last().ok_or("an empty COPY")?;
        if !words.iter().any(|word| word.starts_with("--from=")) {
            for source in sources.iter().filter(|word| !word.starts_with("--")) {
                assert!(workspace().join(source).exists(), "{source}");
                copied += 1;
            }
        }
    }
    assert!(copied > 0);
    Ok(())
}

#[test]
fn what_is_ignored_is_not_needed() -> Outcome {
    let ignored = fs::read_to_string(workspace().join(".dockerignore"))?;
    assert!(ignored.lines().any(|line| line == "**/target/"), "gigabytes would be sent to the engine");
    for needed in ["Cargo.toml", "core", "core/data", "proto", "server", "server/build.rs"] {
        assert!(workspace().join(needed).exists(), "{needed}");
        let names = [needed.to_owned(), format!("{needed}/"), format!("**/{needed}/")];
        assert!(!ignored.lines().any(|line| names.iter().any(|name| name == line)), "{needed}");
    }
    Ok(())
}

#[test]
fn it_builds_and_starts_what_there_is_as_nobody() -> Outcome {
    let build = last("RUN")?;
    assert!(build.contains("--package matcher-server --features otlp"), "{build}");
    let manifest = fs::read_to_string(workspace().join("server/Cargo.toml"))?;
    assert!(manifest.contains("name = \"matcher-server\"") && manifest.contains("\notlp = ["));
    assert_eq!(last("ENTRYPOINT")?, "[\"matcher-server\"]");
    assert!(last("HEALTHCHECK")?.ends_with("CMD [\"matcher-server\", \"--health\"]"));
    let user = last("USER")?;
    assert!(user.split(':').all(|part| part.parse::<u32>().is_ok_and(|number| number >= 1000)), "{user}");
    Ok(())
}
