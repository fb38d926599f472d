//! The READMEs tell the truth about the command line, the configuration, and each other.

use clap::{CommandFactory, Parser};
use zhengqitong::cli::Cli;

const READMES: [(&str, &str); 2] =
    [("README.md", include_str!("../../README.md")), ("README.zh-CN.md", include_str!("../../README.zh-CN.md"))];

/// The lines of all blocks that are to be typed into a shell.
fn shell_lines(readme: &str) -> impl Iterator<Item = &str> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.trim().is_empty())
}

/// The arguments of a line that runs the program, the program's name first; `None` for other programs.
fn arguments(line: &str) -> Option<Vec<&str>> {
    let is_assignment =
        |word: &str| word.split('=').next().is_some_and(|name| name.len() < word.len() && name == name.to_uppercase());
    let words: Vec<_> = line.split_whitespace().skip_while(|word| is_assignment(word)).collect();
    match words.as_slice() {
        ["zhengqitong", ..] => Some(words),
        ["cargo", "run", ..] => words.iter().position(|word| *word == "--").map(|at| words[at..].to_vec()),
        _ => None,
    }
}

/// Every command that does something, such as `commissioner import`.
fn commands() -> Vec<String> {
    let mut program = Cli::command();
    program.build();
    let top = program.get_subcommands().filter(|command| command.get_name() != "help");
    top.flat_map(|command| {
        let name = command.get_name();
        let below: Vec<_> =
            command.get_subcommands().map(clap::Command::get_name).filter(|below| *below != "help").collect();
        if below.is_empty() {
            vec![name.to_owned()]
        } else {
            below.iter().map(|below| format!("{name} {below}")).collect()
        }
    })
    .collect()
}

#[test]
fn every_line_that_runs_the_program_is_understood() {
    for (name, readme) in READMES {
        let lines: Vec<_> = shell_lines(readme).filter_map(arguments).collect();
        assert!(!lines.is_empty(), "{name} shows no command");
        for line in lines {
            if let Err(error) = Cli::try_parse_from(&line) {
                panic!("{name}: {}\n{error}", line.join(" "));
            }
        }
    }
}

#[test]
fn every_command_is_listed() {
    for (name, readme) in READMES {
        let missing: Vec<_> =
            commands().into_iter().filter(|command| !readme.contains(&format!("`{command}"))).collect();
        assert!(missing.is_empty(), "{name} does not list {missing:?}");
    }
}

#[test]
fn the_first_two_commands_set_up_and_test() {
    for (name, readme) in READMES {
        let first: Vec<_> = shell_lines(readme).take(2).collect();
        assert_eq!(first, ["cargo run --release -- serve", "cargo test"], "{name}");
    }
    let checks = include_str!("../../.ci/run");
    assert!(checks.lines().any(|line| line == "step cargo test"), "continuous integration runs another test command");
}

#[test]
fn both_languages_show_the_same_commands() {
    let [english, chinese] = READMES.map(|(_, readme)| shell_lines(readme).collect::<Vec<_>>());
    assert_eq!(english, chinese);
}

#[test]
fn other_programs_are_left_alone() {
    assert_eq!(arguments("A=1 zhengqitong ask x"), Some(vec!["zhengqitong", "ask", "x"]));
    assert_eq!(arguments("cargo run -- check"), Some(vec!["--", "check"]));
    assert_eq!(arguments("cargo test"), None);
}
