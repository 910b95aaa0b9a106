//! Telling Windows stages.

use super::stages::Base;
use crate::image_ref::ImageRef;
use crate::instruction::{Body, Form};

/// Parts of names that only images of Windows have.
const MARKS: &[&str] = &[
    "windowsservercore",
    "nanoserver",
    "windows/servercore",
    "windows/server",
    "servercore",
    "ltsc20",
    "dotnet/framework/",
    "microsoft/dotnet-framework",
    "microsoft/aspnet:",
    "microsoft/iis",
    "microsoft.com/iis",
    "microsoft/wcf",
    "microsoft/mssql-server-windows",
];

/// Whether what a stage is based on runs Windows.
pub(super) fn is_windows_base(base: &Base, platform: Option<&str>) -> bool {
    if let Some(platform) = platform {
        let os = platform.split('/').next().unwrap_or("");
        if os.eq_ignore_ascii_case("windows") {
            return true;
        }
        if os.eq_ignore_ascii_case("linux") {
            return false;
        }
    }
    let (Base::Image(name) | Base::Unresolved(name)) = base else { return false };
    let name = name.to_ascii_lowercase();
    let of_microsoft = ImageRef::parse(&name).is_some_and(|image| {
        image.registry() == "mcr.microsoft.com" && image.written_repository().starts_with("windows")
    });
    of_microsoft || MARKS.iter().any(|mark| name.contains(mark))
}

/// Whether an instruction sets a shell that only Windows has. `pwsh` runs anywhere.
pub(super) fn is_windows_shell(body: &Body<'_>) -> bool {
    let Body::Shell(Form::Json(words)) = body else { return false };
    let Some(program) = words.first() else { return false };
    let name = program.rsplit(['/', '\\']).next().unwrap_or("").to_ascii_lowercase();
    matches!(name.strip_suffix(".exe").unwrap_or(&name), "powershell" | "cmd")
}
