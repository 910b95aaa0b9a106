use plimsoll_shell::Command;

use super::{Build, DockerfileRule, ImageRef, Reporter, Stage};

pub(crate) struct UseMultiStage;

/// A toolchain: the images that carry it, and what it leaves behind.
struct Toolchain {
    /// Official images, or parts of any image's repository.
    images: &'static [&'static str],
    compiles: fn(&Command) -> bool,
    /// What the final stage could be.
    instead: &'static str,
}

static TOOLCHAINS: &[Toolchain] = &[
    Toolchain {
        images: &["golang"],
        compiles: |c| {
            c.runs("go", "build")
                || (c.runs("go", "install")
                    && c.args().iter().skip(1).any(|w| w.text_lossy().starts_with('.')))
        },
        instead: "copy the binary into `gcr.io/distroless/static-debian13:nonroot` or `scratch`",
    },
    Toolchain {
        images: &["rust"],
        compiles: |c| {
            c.runs("cargo", "build") || (c.runs("cargo", "install") && c.flag_value("--path").is_some())
        },
        instead: "copy the binary from `target/release` into a slim Debian or a distroless image",
    },
    Toolchain {
        images: &[
            "maven",
            "gradle",
            "openjdk",
            "eclipse-temurin",
            "amazoncorretto",
            "sapmachine",
            "azul-zulu",
            "ibm-semeru-runtimes",
            "jdk",
            "java",
        ],
        compiles: |c| {
            let goals = [
                "package",
                "install",
                "verify",
                "build",
                "assemble",
                "bootJar",
                "shadowJar",
                "war",
                "jar",
                "installDist",
                "compile",
            ];
            let tool = matches!(c.name(), "mvn" | "mvnw" | "gradle" | "gradlew");
            tool && c.args().iter().any(|w| goals.contains(&w.text_lossy().rsplit(':').next().unwrap_or("")))
                || c.is("javac")
        },
        instead: "copy the jar into a JRE image such as `eclipse-temurin:21-jre`",
    },
    Toolchain {
        images: &["dotnet/sdk", "dotnet/core/sdk", "microsoft/dotnet"],
        compiles: |c| c.is("dotnet") && matches!(c.subcommand(), Some("publish" | "build")),
        instead: "copy the published folder into `mcr.microsoft.com/dotnet/aspnet` or `runtime`",
    },
    Toolchain {
        images: &["node"],
        compiles: node_build,
        instead: "copy what was built, and dependencies installed with `--omit=dev`, into a slim Node image, or static files into a web server's",
    },
    Toolchain {
        images: &["gcc", "buildpack-deps"],
        compiles: |c| c.is_any(&["make", "gcc", "g++", "cmake", "cc", "ninja"]),
        instead: "copy the programs into a slim Debian image",
    },
    Toolchain {
        images: &["swift"],
        compiles: |c| c.runs("swift", "build"),
        instead: "copy the binary into `swift:<version>-slim`",
    },
    Toolchain {
        images: &["haskell"],
        compiles: |c| c.is_any(&["stack", "cabal"]) && matches!(c.subcommand(), Some("build" | "install")),
        instead: "copy the binary into a slim Debian image",
    },
    Toolchain {
        images: &["elixir"],
        compiles: |c| c.runs("mix", "release"),
        instead: "copy the release into a slim Debian image",
    },
];

impl DockerfileRule for UseMultiStage {
    fn check(&self, build: &Build<'_>, report: &mut Reporter) {
        if build.is_toolbox() {
            return;
        }
        for stage in build.shipped().filter(|s| !build.is_windows(s)) {
            let Some(image) = build.base_image(stage) else { continue };
            let Some(toolchain) = TOOLCHAINS.iter().find(|t| carries(image, t.images)) else { continue };
            if is_for_running(image) || starts_toolchain(build, stage) {
                continue;
            }
            let compiling = build.runs_of(stage).find_map(|run| {
                let command = run.script.effective_commands().find(|c| (toolchain.compiles)(c))?;
                Some((run, command))
            });
            let Some((run, command)) = compiling else { continue };
            report
                .flag(
                    run.span(command.head_span()),
                    format!(
                        "this compiles in the stage that is shipped, so the image carries the toolchain of `{}`, the source and every build dependency",
                        image.familiar_name()
                    ),
                )
                .help(format!("name this stage (`AS build`), begin another FROM after it, and {}", toolchain.instead))
                .also("CIS-DI-0003");
            return;
        }
    }
}

fn carries(image: &ImageRef, images: &[&str]) -> bool {
    let name = image.familiar_name();
    images.iter().any(|known| name == *known || name.ends_with(&format!("/{known}")))
}

/// A variant without the toolchain: `eclipse-temurin:21-jre`, `dotnet:2.1-aspnetcore-runtime`.
fn is_for_running(image: &ImageRef) -> bool {
    image.tag().is_some_and(|t| t.contains("jre") || t.contains("runtime"))
}

/// Whether the container itself compiles: `CMD ["go", "run", "."]`, `mvn spring-boot:run`, `npm run dev`.
fn starts_toolchain(build: &Build<'_>, stage: &Stage<'_>) -> bool {
    let Some(start) = build.stage(stage.index).and_then(|s| build.start(s)) else { return false };
    start.programs.iter().any(|p| {
        matches!(
            p.name(),
            "go" | "cargo"
                | "mvn"
                | "mvnw"
                | "gradle"
                | "gradlew"
                | "make"
                | "nodemon"
                | "ng"
                | "gulp"
                | "grunt"
        ) || matches!((p.name(), p.word(1)), ("dotnet", "run" | "watch" | "test"))
            || p.has("dev")
            || p.has("test")
            || p.has("watch")
    })
}

fn node_build(c: &Command) -> bool {
    let script = |word: &str| word == "build" || word.starts_with("build:") || word.ends_with(":build");
    let words: Vec<&str> = c.args_without_flags().map(|w| w.text_lossy()).collect();
    match c.name() {
        "npm" | "pnpm" | "yarn" | "bun" => match words.as_slice() {
            ["run" | "run-script", rest @ ..] => rest.first().is_some_and(|w| script(w)),
            [first, ..] => c.name() != "npm" && script(first),
            [] => false,
        },
        "npx" => matches!(
            words.as_slice(),
            ["tsc" | "webpack", ..] | ["next" | "vite" | "ng" | "nuxt" | "react-scripts", "build", ..]
        ),
        "tsc" | "webpack" => true,
        "ng" | "next" | "vite" | "nuxt" | "react-scripts" => words.first() == Some(&"build"),
        _ => false,
    }
}
