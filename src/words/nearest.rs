//! The names nearest to one that is wrong.

/// Up to `most` of these paths that a reader may have meant by `asked`, the nearest first. Paths are
/// compared whole, and by their first and last part alone: people forget and invent the rest.
#[must_use]
pub fn nearest<'a>(asked: &str, paths: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let asked = parts(asked);
    let mut found: Vec<(usize, &str)> = Vec::new();
    if asked.is_empty() {
        return Vec::new();
    }
    for path in paths {
        let own = parts(path);
        let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
        let pairs = [
            (asked.join("/"), own.join("/"), 0),
            (asked[asked.len() - 1].clone(), last.clone(), 1),
            (asked[0].clone(), first.clone(), 2),
        ];
        let best = pairs.iter().filter_map(|(a, b, more)| Some(distance(a, b)? + more)).min();
        if let Some(distance) = best
            && !found.iter().any(|(_, known)| *known == path)
        {
            found.push((distance, path));
        }
    }
    // Stable: of equal ones the first in the list.
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(most).map(|(_, path)| path).collect()
}

/// What a reader may have meant, as a part of a sentence; nothing where nothing is near.
#[must_use]
pub fn perhaps<'a>(asked: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let meant = nearest(asked, names, 1);
    meant.first().map(|name| format!(", perhaps {name} is meant")).unwrap_or_default()
}

/// The parts of a path in lower case, without what tells no page from another.
fn parts(path: &str) -> Vec<String> {
    let path = path.to_lowercase();
    let bare = path.split('/').map(|part| part.trim_end_matches(".html").replace(['_', ' '], "-"));
    let mut parts: Vec<String> = bare.filter(|part| !part.is_empty() && part != "index").collect();
    if parts.len() > 1 && parts[0] == "embed" {
        parts.remove(0);
    }
    parts
}

/// How many letters must be put in, taken out, changed or swapped with their neighbour to make `a` of
/// each beginning of `b`, the empty one first (optimal string alignment).
pub fn slips(a: &str, b: &str) -> Vec<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let [mut before, mut last]: [Vec<usize>; 2] = [Vec::new(), (0..=b.len()).collect()];
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let mut least = (last[j] + usize::from(a[i] != b[j])).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last
}

/// The [`slips`] between two names, if they are so few that the one may have been meant by the other.
fn distance(a: &str, b: &str) -> Option<usize> {
    let [long_a, long_b] = [a, b].map(|name| name.chars().count());
    let bound = (long_a.max(long_b) / 3).max(1);
    // The rest of a name that was begun is no mistake in it.
    if long_a >= 4 && b.starts_with(a) {
        return Some(bound.min(long_b - long_a));
    }
    slips(a, b).last().copied().filter(|slips| *slips <= bound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PATHS: [&str; 6] = [
        "mixture-of-experts/",
        "attention/",
        "state-space-models/",
        "guide/glossary/",
        "guide/reading-list/",
        "research-workflow/",
    ];

    fn first(asked: &str) -> Option<&'static str> {
        nearest(asked, PATHS, 3).first().copied()
    }

    #[test]
    fn slips_of_the_finger_are_understood() {
        for (asked, meant) in [
            ("atention/", "attention/"),
            ("Attention", "attention/"),
            ("attnetion/index.html", "attention/"),
            ("mixture-of-expert", "mixture-of-experts/"),
            ("mixture_of_experts.html", "mixture-of-experts/"),
            ("glossary/", "guide/glossary/"),
            ("reading-list", "guide/reading-list/"),
            ("attention/flash-tiles/", "attention/"),
            ("topics/state-space-model", "state-space-models/"),
            ("state", "state-space-models/"),
        ] {
            assert_eq!(first(asked), Some(meant), "{asked}");
        }
    }

    #[test]
    fn of_simulations_alone_the_one_with_the_nearest_name_is_meant() {
        let alone =
            ["embed/attention/flash-tiles/", "embed/attention/kv-cache/", "embed/energy/cost/", "embed/"];
        for (asked, meant) in [
            ("embed/attention/kv-cach", "embed/attention/kv-cache/"),
            ("embed/atention/kv_cache/", "embed/attention/kv-cache/"),
            ("embed/kv-cache/", "embed/attention/kv-cache/"),
            ("embeds", "embed/"),
        ] {
            assert_eq!(nearest(asked, alone, 1), [meant], "{asked}");
        }
    }

    #[test]
    fn what_is_far_from_every_name_has_no_nearest() {
        for asked in ["", "/", "404.html", "wp-admin/setup.php", "x", "zebra"] {
            assert_eq!(nearest(asked, PATHS, 3), Vec::<&str>::new(), "{asked}");
        }
    }

    proptest! {
        #[test]
        fn any_address_has_an_answer(asked in "\\PC{0,40}") {
            prop_assert!(nearest(&asked, PATHS, 2).len() <= 2);
        }

        #[test]
        fn a_right_path_is_its_own_nearest(place in 0..PATHS.len()) {
            prop_assert_eq!(first(PATHS[place]), Some(PATHS[place]));
        }
    }
}
