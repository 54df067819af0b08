//! `--shard`: which share of a scan this machine reads, and the variables of systems that run many.

use crate::check::share::Share;
use crate::error::Error;

/// A system's variables for a share: that of the number, the first number, and that of the count.
struct Names {
    system: &'static str,
    number: &'static str,
    first: u32,
    count: &'static str,
}

const fn names(system: &'static str, number: &'static str, first: u32, count: &'static str) -> Names {
    Names { system, number, first, count }
}

/// The systems. GitHub and Kubernetes give no such variables by themselves: docs/scale.md has the line that passes them.
const SYSTEMS: [Names; 9] = [
    names("GitHub matrix", "STRATEGY_JOB_INDEX", 0, "STRATEGY_JOB_TOTAL"),
    names("GitLab parallel", "CI_NODE_INDEX", 1, "CI_NODE_TOTAL"),
    names("CircleCI", "CIRCLE_NODE_INDEX", 0, "CIRCLE_NODE_TOTAL"),
    names("Buildkite", "BUILDKITE_PARALLEL_JOB", 0, "BUILDKITE_PARALLEL_JOB_COUNT"),
    names("Azure Pipelines", "SYSTEM_JOBPOSITIONINPHASE", 1, "SYSTEM_TOTALJOBSINPHASE"),
    names("Bitbucket", "BITBUCKET_PARALLEL_STEP", 0, "BITBUCKET_PARALLEL_STEP_COUNT"),
    names("Kubernetes Indexed Job", "JOB_COMPLETION_INDEX", 0, "JOB_COMPLETIONS"),
    names("AWS Batch", "AWS_BATCH_JOB_ARRAY_INDEX", 0, "AWS_BATCH_JOB_ARRAY_SIZE"),
    names("Slurm", "SLURM_ARRAY_TASK_ID", 0, "SLURM_ARRAY_TASK_COUNT"),
];

/// The share that `--shard` names: `I/N`, or `auto` for the system's variables, which `get` reads.
pub(super) fn share(text: &str, get: &dyn Fn(&str) -> Option<String>) -> Result<Share, Error> {
    if text == "auto" {
        return auto(get);
    }
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    numbers
        .and_then(|(number, of)| Share::new(number, of))
        .ok_or_else(|| Error::Usage(format!("--shard {text}: write I/N with I from 1 to N, as 3/8, or auto")))
}

fn auto(get: &dyn Fn(&str) -> Option<String>) -> Result<Share, Error> {
    let get = |name: &str| get(name).filter(|text| !text.is_empty());
    let Some(system) = SYSTEMS.iter().find(|s| get(s.number).is_some()) else {
        let known: Vec<&str> = SYSTEMS.iter().map(|s| s.number).collect();
        let known = known.join(", ");
        return Err(Error::Usage(format!("--shard auto: none of {known} is set; write --shard I/N")));
    };
    let number = |name: &str| -> Result<u32, Error> {
        let text = get(name).unwrap_or_default();
        text.parse().map_err(|_| {
            let what =
                if text.is_empty() { "is not set".to_owned() } else { format!("is no number: {text}") };
            Error::Usage(format!("--shard auto ({}): {name} {what}; write --shard I/N", system.system))
        })
    };
    let (mut first, mut step) = (system.first, 1);
    if system.system == "Slurm" {
        // An array may begin anywhere and skip numbers.
        first = number("SLURM_ARRAY_TASK_MIN")?;
        step = if get("SLURM_ARRAY_TASK_STEP").is_some() { number("SLURM_ARRAY_TASK_STEP")? } else { 1 };
    }
    let (at, of) = (number(system.number)?, number(system.count)?);
    let index = at.checked_sub(first).filter(|_| step > 0).map(|index| index / step);
    index.and_then(|index| Share::new(index.checked_add(1)?, of)).ok_or_else(|| {
        let Names { system, number, count, .. } = system;
        Error::Usage(format!(
            "--shard auto ({system}): {number} is {at}, of {count}, which is {of}; write --shard I/N"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, vars: &[(&str, &str)]) -> Result<String, String> {
        let get =
            |name: &str| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        share(text, &get).map(|share| share.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn each_system_says_its_share_from_its_first_number_on() {
        for system in &SYSTEMS {
            let (first, last) = (system.first.to_string(), (system.first + 7).to_string());
            for (number, share) in [(&first, "1/8"), (&last, "8/8")] {
                let vars = [(system.number, &**number), (system.count, "8"), ("SLURM_ARRAY_TASK_MIN", "0")];
                assert_eq!(of("auto", &vars).as_deref(), Ok(share), "{}", system.system);
            }
            let beyond = (system.first + 8).to_string();
            let vars = [(system.number, &*beyond), (system.count, "8"), ("SLURM_ARRAY_TASK_MIN", "0")];
            assert!(of("auto", &vars).unwrap_err().contains(system.number), "{}", system.system);
            let alone = [(system.number, &*first), ("SLURM_ARRAY_TASK_MIN", "0")];
            let said = of("auto", &alone).unwrap_err();
            assert!(said.contains(&format!("{} is not set", system.count)), "{said}");
        }
    }

    #[test]
    fn a_slurm_array_may_begin_anywhere_and_skip_numbers() {
        let vars = [
            ("SLURM_ARRAY_TASK_ID", "14"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_STEP", "2"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
        ];
        assert_eq!(of("auto", &vars).as_deref(), Ok("3/4"));
    }

    #[test]
    fn variables_count_for_nothing_unless_they_are_asked_for() {
        assert_eq!(of("2/3", &[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "9")]).as_deref(), Ok("2/3"));
        for text in ["", "0/3", "4/3", "1/0", "1", "a/b", "1/2/3", "-1/3", "99999999999/99999999999"] {
            assert!(of(text, &[]).unwrap_err().contains("I from 1 to N"), "{text}");
        }
        assert!(of("auto", &[]).unwrap_err().contains("none of STRATEGY_JOB_INDEX"));
        assert!(
            of("auto", &[("CI_NODE_INDEX", "one"), ("CI_NODE_TOTAL", "2")])
                .unwrap_err()
                .contains("no number")
        );
    }
}
