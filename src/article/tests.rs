//! Each kind of thing in an article, and each way to break it.

use super::*;
use crate::sample::TOPIC;

fn html(markdown: &str) -> String {
    match Article::of(&TOPIC, markdown) {
        Ok(article) => article.html(&|_, runner| format!("<widget {}>", runner.spec().id)),
        Err(problems) => panic!("{}", report(&TOPIC, &problems)),
    }
}

fn problems(markdown: &str) -> Vec<(usize, String)> {
    let problems = Article::of(&TOPIC, markdown).err().unwrap_or_default();
    problems.into_iter().map(|p| (p.line, p.sentence)).collect()
}

fn only_problem(markdown: &str) -> (usize, String) {
    let problems = problems(markdown);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().unwrap_or_default()
}

fn unfinished(markdown: &str) -> String {
    let article = Article::of(&TOPIC, markdown).unwrap_or_else(|p| panic!("{}", report(&TOPIC, &p)));
    article.unfinished.iter().map(|p| format!("{p}\n")).collect()
}

#[test]
fn headings_have_ids_and_make_the_contents() {
    let article = Article::of(&TOPIC, "# A *fine* title\n\n## What’s in a name?\n\n### Deeper\n");
    let article = article.unwrap_or_else(|_| panic!("legal"));
    assert_eq!(article.title, "A fine title");
    let sections = [(2, "whats-in-a-name", "What’s in a name?"), (3, "deeper", "Deeper")]
        .map(|(level, id, title)| Section::new(level, id, title.to_owned()));
    assert_eq!(article.sections, sections);
    let html = article.html(&|_, _| String::new());
    assert!(html.contains("<h1>A <em>fine</em> title</h1>"));
    assert!(html.contains("<h2 id=\"whats-in-a-name\">What’s in a name?<a class=\"permalink\""));
    assert!(html.contains("<h3 id=\"deeper\">"));
    let contents = crate::site::page::contents(&article.sections);
    assert!(contents.contains("<li><a href=\"#whats-in-a-name\">What’s in a name?</a></li></ol>"));
}

#[test]
fn a_heading_that_comes_twice_is_told() {
    assert_eq!(only_problem("# T\n\n## One\n\n## one!\n").0, 5);
    assert_eq!(only_problem("# T\n\n## Contents\n").0, 3);
}

#[test]
fn text_is_escaped_and_marked() {
    let html = html(
        "# T\n\nA & b <  c, `x<y`,\n**bold** and *thin*; \"quoted\".\\\nNext. [out](https://example.org/?a&b)\n",
    );
    assert!(html.contains("<p class=\"lead\">A &amp; b &lt;  c, <code>x&lt;y</code>,\n"), "{html}");
    assert!(html.contains("<strong>bold</strong> and <em>thin</em>; “quoted”.<br>Next."), "{html}");
    assert!(html.contains("<a href=\"https://example.org/?a&amp;b\">out</a>"));
}

#[test]
fn html_and_pictures_have_no_place() {
    assert_eq!(only_problem("# T\n\n<div>\nx\n</div>\n").0, 3);
    assert_eq!(only_problem("# T\n\nWords\nand <b>bold\n").0, 4);
    assert_eq!(only_problem("# T\n\n![x](cat.png)\n").0, 3);
    assert_eq!(only_problem("# T\n\nSee ![x](sim:count) here.\n").0, 3);
    assert_eq!(only_problem("# T\n\n[x](other.html)\n").0, 3);
}

#[test]
fn a_simulation_is_placed_with_its_caption() {
    let html = html("# T\n\nLead.\n\n![The *count*](sim:count?stride=3)\n\nNo lead.\n");
    assert!(
        html.contains(
            "<figure class=\"simulation hero\" id=\"sim-count\"><widget count>\
             <figcaption>The <em>count</em></figcaption></figure>"
        ),
        "{html}"
    );
    assert!(html.contains("<p>No lead.</p>"));
}

#[test]
fn a_wrong_placement_is_told() {
    assert!(only_problem("# T\n\n![x](sim:cuont)\n").1.contains("it has count"));
    assert!(only_problem("# T\n\n![x](sim:count?stride=99)\n").1.contains("from 1 to 10"));
    assert!(only_problem("# T\n\n![x](sim:count?side=9)\n").1.contains("stride, order"));
    for other in ["stride=5", "at=9"] {
        assert!(only_problem(&format!("# T\n\n![x](sim:count?{other})\n")).1.contains("link to a preset"));
    }
    let (line, sentence) = only_problem("# T\n\n![x](sim:count)\n\n![x](sim:count)\n");
    assert!(line == 5 && sentence.contains("line 3"), "{sentence}");
}

#[test]
fn a_control_in_the_prose_shows_its_value() {
    let page = html("# T\n\nBy [steps of 3 units](control:count.stride), [upwards](control:count.order).\n");
    assert!(
        page.contains(
            "By steps of <span class=\"scrub\" data-control=\"count.stride\" role=\"spinbutton\" tabindex=\"0\" \
             aria-label=\"Stride\" aria-valuenow=\"3\" aria-valuemin=\"1\" aria-valuemax=\"10\" \
             aria-valuetext=\"3 units\">3</span> units, "
        ),
        "{page}"
    );
    assert!(page.contains("aria-valuetext=\"upwards\">upwards</span>"));
    assert!(only_problem("# T\n\n[13](control:count.stride)\n").1.contains("“3”"));
    assert!(only_problem("# T\n\n[3](control:count.strid)\n").1.contains("stride, order, loud, seed"));
    assert!(only_problem("# T\n\n[3](control:stride)\n").1.contains("it has count"));
}

#[test]
fn a_text_in_the_prose_says_what_it_is_and_leads_to_its_field() {
    let page = html("# T\n\nOf [“tick”](control:count.word), [2 of 12 cells drawn](control:count.sketch).\n");
    assert!(
        page.contains(
            "Of <button type=\"button\" class=\"scrub\" data-field=\"count.word\" aria-label=\"Word “tick”\">\
             “tick”</button>, <button type=\"button\" class=\"scrub\" data-field=\"count.sketch\""
        ),
        "{page}"
    );
    assert!(only_problem("# T\n\n[tick](control:count.word)\n").1.contains("“tick”"));
}

#[test]
fn a_readout_in_the_prose_shows_the_opening_moment() {
    let page = html("# T\n\n[some](readout:count.total) and [more](readout:count.mean).\n");
    assert!(
        page.contains("data-live-readout=\"count.total\" aria-live=\"off\">36\u{a0}units</output>"),
        "{page}"
    );
    assert!(page.contains(">3.00</output>"));
    assert!(only_problem("# T\n\n[x](readout:count.sum)\n").1.contains("total, mean"));
    let twice = only_problem("# T\n\n[36](readout:count.total) units, and no more.\n").1;
    assert!(twice.contains("“units” stands behind it again"), "{twice}");
}

#[test]
fn a_mark_in_the_prose_has_the_tone_of_the_figure() {
    let page = html("# T\n\n[the line](mark:count.total).\n");
    assert!(
        page.contains(
            "<span class=\"light\" tabindex=\"0\" data-light=\"count.total\" data-tone=\"accent\">the line</span>"
        ),
        "{page}"
    );
    assert!(only_problem("# T\n\n[x](mark:count.dot)\n").1.contains("it has total"));
}

#[test]
fn lines_break_neither_before_a_unit_nor_between_a_formula_and_what_clings_to_it() {
    let page = html("# T\n\nAt 57 % it takes 24 GB and 3 steps; then $p$, and $x$ more (of $q$).\n");
    assert!(page.contains("57\u{a0}% it takes 24\u{a0}GB and 3 steps"), "{page}");
    assert!(page.contains("</math>,</span> and") && page.contains("</math> more"), "{page}");
    assert!(page.contains("</math>).</span>"), "{page}");
}

#[test]
fn a_preset_in_the_prose_is_a_link_that_sets_it_with_and_without_the_program() {
    let page = html("# T\n\n[Giant](preset:count.giant).\n");
    assert!(
        page.contains(
            "<a class=\"preset-link\" href=\"?count.stride=10#sim-count\" data-preset=\"count.giant\""
        ),
        "{page}"
    );
    assert!(only_problem("# T\n\n[x](preset:count.tiny)\n").1.contains("giant"));
}

#[test]
fn formulas_become_mathml_or_a_problem() {
    let page = html("# T\n\nThe $x_i$ of\n\n$$\n\\sum_i x_i\n$$\n");
    assert!(page.contains("The <math>"), "{page}");
    assert!(page.contains("aria-label=\"Formula\" tabindex=\"0\"><math display=\"block\">"), "{page}");
    let (line, sentence) = only_problem("# T\n\nWords,\nthen $\\frac{a}$.\n");
    assert!(line == 4 && sentence.contains("\\frac{a}"), "{line} {sentence}");
    assert_eq!(only_problem("# T\n\nWords,\nthen $\\frac{a$.\n").0, 4);
    assert_eq!(problems("# T\n\nIt cost $5 to $6.\n"), []);
}

#[test]
fn code_is_marked_by_class() {
    let page = html("# T\n\n```python\nx = 1 < 2\n```\n");
    assert!(page.contains("<pre tabindex=\"0\"><code class=\"language-python\">x "), "{page}");
    assert!(page.contains("<span class=\"code-number\">1</span>"));
    assert_eq!(only_problem("# T\n\n```\nx\n```\n").0, 3);
}

#[test]
fn a_table_scrolls_alone() {
    let page = html("# T\n\n| Model | Size |\n|---|--:|\n| a & b | 8 |\n");
    assert!(page.contains(
        "<div class=\"table-scroll\" role=\"region\" aria-label=\"Table by Model: T\" tabindex=\"0\">"
    ));
    assert!(page.contains("<th scope=\"col\" class=\"end\">Size</th>"), "{page}");
    assert!(page.contains("<td>a &amp; b</td><td class=\"end\">8</td>"));
}

#[test]
fn lists_nest() {
    let page = html("# T\n\n3. one\n4. two\n   - deep\n");
    assert!(page.contains("<ol start=\"3\"><li>one\n</li><li>two\n<ul><li>deep\n</li></ul>"), "{page}");
}

const CLAIM: &str = "# T\n\n> **Claim.** It is *large*.\n> **Verdict: qualified.** Not so large: 3 [@a2024].\n\n\
                     ## References\n\n- [@a2024] A 2024, [x](https://example.org).\n";

#[test]
fn a_claim_has_its_verdict_in_words() {
    let page = html(CLAIM);
    assert!(page.contains("<figure class=\"claim claim-qualified\">"), "{page}");
    assert!(page.contains("<blockquote><p>It is <em>large</em>.</p></blockquote>"), "{page}");
    assert!(page.contains("<strong class=\"badge\">Qualified</strong></p><p>Not so large: 3<span"));
    let (line, sentence) = only_problem(&CLAIM.replace("qualified", "maybe"));
    assert!(line == 4 && sentence.contains("true, qualified, wrong, unknown"), "{line} {sentence}");
    assert_eq!(only_problem("# T\n\n> **Claim.** It is.\n").0, 3);
    assert!(html("# T\n\n> Just said.\n").contains("<blockquote><p>Just said."));
}

#[test]
fn citations_are_numbered_and_lead_back() {
    let page = html(
        "# T\n\nOne [@b2025]. Two [@a2024, section 3; @b2025].\n\n## References\n\n- [@a2024] A.\n- [@b2025] *B*.\n",
    );
    assert!(page.contains(
        "One<span class=\"cite\">[<a id=\"cite-b2025-1\" href=\"#ref-b2025\" role=\"doc-biblioref\">2</a>]</span>"
    ));
    assert!(page.contains("role=\"doc-biblioref\">1</a>, section 3, <a id=\"cite-b2025-2\""), "{page}");
    assert!(page.contains(
        "<ol class=\"references\"><li id=\"ref-a2024\">A. <a class=\"back\" href=\"#cite-a2024-1\""
    ));
    assert!(page.contains("href=\"#cite-b2025-2\" role=\"doc-backlink\""));
}

#[test]
fn broken_citations_are_told() {
    assert_eq!(only_problem("# T\n\nOne [@x].\n").0, 3);
    assert_eq!(only_problem("# T\n\n## References\n\n- [@a] A.\n").0, 5);
    let (line, sentence) = only_problem("# T\n\nOne [@a].\n\n## References\n\n- [@a] A.\n- B\n");
    assert!(line == 8 && sentence.contains("[@key]"), "{line} {sentence}");
    assert!(only_problem("# T\n\n[@a]\n\n## References\n\n- [@a] A.\n- [@a] A.\n").1.contains("ref-a"));
}

#[test]
fn the_glossary_is_a_list_of_terms() {
    let page =
        html("# T\n\nThe [router](#term-the-router).\n\n## Glossary\n\n- **The router**: scores *each*.\n");
    assert!(
        page.contains(
            "<dl class=\"glossary\"><div><dt id=\"term-the-router\">The router</dt><dd>scores <em>"
        ),
        "{page}"
    );
    assert_eq!(only_problem("# T\n\n## Glossary\n\n- router: scores.\n").0, 5);
    assert!(only_problem("# T\n\n[x](#term-x)\n").1.contains("term-x"));
}

#[test]
fn all_that_is_broken_is_told_at_once_by_line() {
    let found = problems("# T\n\n[3](control:count.nothing) $\\bad$\n\n[@x]\n\n![x](sim:nothing)\n");
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 3, 5, 7]);
    let shown = report(&TOPIC, &[Problem::new(3, "Wrong.")]);
    assert_eq!(shown, "src/topics/counting/article.md:3: Wrong.");
}

#[test]
fn an_unfinished_article_is_told_what_it_lacks() {
    let lacking = unfinished("# T\n\nOne.\n\nTwo.\n\nThree.\n\nFour.\n\n![x](sim:count)\n");
    for piece in
        ["11: The first simulation is on the first screen", "has no list", "ends with the sections", "words"]
    {
        assert!(lacking.contains(piece), "{piece} in {lacking}");
    }
    assert!(unfinished("## T\n").contains("1: An article begins with its title"));
    assert!(unfinished("# T\n").contains("“count” is not placed"));
    assert!(unfinished("# T\n\n*One*.\n\n![x](sim:count)\n\n*Two*.\n").contains("3: No word is slanted"));
    assert!(!unfinished("# T\n\nOne.\n\n![x](sim:count)\n\n*Two*.\n").contains("slanted"));
    let long = "0.25 \\cdot 0.9 + 0.75 \\cdot 0.25 = 0.4125";
    assert!(unfinished(&format!("# T\n\nSo ${long}$.\n")).contains("too long to stand in a sentence"));
    assert!(!unfinished("# T\n\nSo $\\mathrm{softplus}(z) = \\ln(1 + e^z)$.\n").contains("too long"));
    assert!(unfinished("# T\n\n> **Claim.** X.\n>\n> **Verdict: true.** Y.\n").contains("cites its source"));
    let prose = "word ".repeat(1300);
    let steps: String = (1..=5).map(|i| format!("{i}. [To {i}.](step:count?at={i})\n")).collect();
    let row = "| x | 36 [@a] | [36](run:count#total) | its digits | nothing |\n";
    let beside = format!("| What | Published | Here | Within | Left out |\n|-|-|-|-|-|\n{row}{row}");
    let whole = format!(
        "# T\n\nLead.\n\n![x](sim:count)\n\n{prose}\n\n{beside}\n## In a talk\n\n{steps}\n## What this toy leaves out\n\nMuch [@a].\n\n\
         ## Glossary\n\n- **a**: b.\n\n## References\n\n- [@a] A.\n"
    );
    assert_eq!(unfinished(&whole), "");
    let item = "1. [Why?](question:count) Because.\n";
    let asks =
        whole.replace("## Glossary", &format!("## Questions to set\n\n{}\n## Glossary", item.repeat(3)));
    assert_eq!(unfinished(&asks), "");
}

#[test]
fn the_steps_of_a_talk_are_links_to_moments() {
    let page = html(
        "# T\n\n## In a talk\n\n1. [By *threes*.](step:count)\n2. [By fives.](step:count?stride=5&at=9)\n",
    );
    assert!(
        page.contains("<a href=\"?#sim-count\" data-talk=\"count\" data-moment=\"\">By <em>threes</em>.</a>"),
        "{page}"
    );
    assert!(
        page.contains("<a href=\"?count.stride=5&amp;count.at=9#sim-count\" data-talk=\"count\" data-moment=\"stride=5&amp;at=9\">"),
        "{page}"
    );
    assert!(page.contains("data-action=\"present\""));
}

#[test]
fn what_the_speaker_says_stands_behind_the_step_and_not_on_the_page() {
    let talk =
        |note: &str| format!("# T\n\n## In a talk\n\n1. [By fives.](step:count?stride=5&at=4){note}\n");
    let text = talk(" *Wait* here: [20 units](run:count?stride=5&at=4#total), as < 21.");
    let article = Article::of(&TOPIC, &text).unwrap_or_else(|p| panic!("{}", report(&TOPIC, &p)));
    let note = &article.talk[0].note;
    assert_eq!(note.text, "Wait here: 20 units, as < 21.");
    assert_eq!(
        note.html,
        "<em>Wait</em> here: <span class=\"measured\" title=\"Measured: Total, at step 4, with Stride 5.\">20 \
         units</span>, as &lt; 21."
    );
    assert_eq!(article.talk[0].sentence.html, "By fives.");
    assert!(!article.html(&|_, _| String::new()).contains("Wait"));
    let (with, without) = (&article, Article::of(&TOPIC, &talk("")).unwrap_or_else(|_| panic!("legal")));
    assert_eq!((with.words, &without.talk[0].note), (without.words, &Said::default()));

    let wrong = |note: &str| only_problem(&talk(&format!(" {note}"))).1;
    assert!(wrong("It is [21 units](run:count?stride=5&at=4#total).").contains("gives 20 units"));
    assert!(wrong(&"long ".repeat(90)).contains("449 letters are more than 420"));
    for bound in ["[5](control:count.stride)", "[below](#in-a-talk)", "[x](../attention/)"] {
        assert!(wrong(bound).contains("stands on no page"), "{bound}");
    }
    assert!(wrong("[Again.](step:count)").contains("stands on no page"));
    // What looks measured names its run here too; the step's own numbers were set.
    let lacking = |note: &str| unfinished(&talk(note)).contains("looks measured");
    assert!(lacking(" It has 36 % by then.") && !lacking(" At step 4, 5 units a step."));
}

#[test]
fn a_wrong_step_is_told() {
    let wrong = |step: &str| only_problem(&format!("# T\n\n## In a talk\n\n1. {step}\n"));
    assert!(wrong("Words.").1.contains("has the form"));
    assert!(wrong("[x](step:cuont)").1.contains("it has count"));
    assert!(wrong("[x](step:count?stride=99)").1.contains("from 1 to 10"));
    assert!(wrong(&format!("[{}](step:count)", "long ".repeat(40))).1.contains("150"));
    assert_eq!(wrong("[a](step:count)\n2. [b](step:count)").0, 6);
    assert!(only_problem("# T\n\n[x](step:count)\n").1.contains("“In a talk”"));
    assert!(unfinished("# T\n\n## In a talk\n\n1. [x](step:count)\n").contains("has 1"));
}

#[test]
fn a_measured_number_is_a_link_that_sets_its_run_up() {
    let page = html(
        "# T\n\nIt ends at [20 units](run:count?stride=5&at=4#total), **[3.00](run:count#mean)** each.\n",
    );
    assert!(
        page.contains(
            "<a class=\"measured\" href=\"?count.stride=5&amp;count.at=4#sim-count\" \
             title=\"Measured: Total, at step 4, with Stride 5. Sets this run up.\" \
             data-run=\"count?stride=5&amp;at=4\">20 units</a>, <strong><a"
        ),
        "{page}"
    );
    assert!(page.contains("data-run=\"count?at=12\">3.00</a></strong>"), "{page}");
    // Of several seeds one is shown, and a second run stands beside.
    let page = html("# T\n\nBy [150 %](run:count?stride=5&kept=stride:2&seeds=4..9#mean:change:total).\n");
    assert!(
        page.contains("count.stride=5&amp;count.seed=4&amp;count.kept=stride%3A2&amp;count.at=12"),
        "{page}"
    );
}

#[test]
fn a_number_that_its_run_does_not_give_is_told_with_both() {
    let (line, sentence) = only_problem("# T\n\nIt ends\nat [21 units](run:count?stride=5&at=4#total).\n");
    assert_eq!(line, 4);
    assert_eq!(
        sentence,
        "The text says “21 units”, and the run 20: count?stride=5&at=4#total gives 20 units."
    );
    assert!(only_problem("# T\n\n| a |\n|--|\n| [4](run:count#mean) |\n").1.contains("and the run 3"));
    assert!(only_problem("# T\n\n[a few](run:count#mean)\n").1.contains("no number in it"));
    assert!(only_problem("# T\n\n[3](run:cuont#mean)\n").1.contains("perhaps count is meant"));
    assert!(only_problem("# T\n\n[3](run:count?at=0#mean)\n").1.contains("has no number for “mean”"));
}

#[test]
fn a_number_may_come_from_a_run_of_another_page() {
    let page = html("# T\n\n[42.9 GB](run:attention/kv-cache#cache_gb) of cache.\n");
    assert!(page.contains("href=\"../attention/?kv-cache.at="), "{page}");
    assert!(!page.contains("data-run"), "{page}");
    assert!(only_problem("# T\n\n[1](run:attention/nothing#x)\n").1.contains("attention/kv-cache"));
}

#[test]
fn a_sweep_is_drawn_where_it_is_placed() {
    let page = html("# T\n\n![It *grows*.](sweep:count?stride=..&seeds=1..3&at=5#total)\n");
    assert!(
        page.contains(
            "<figure class=\"sweep\" data-sweep=\"count?stride=..&amp;at=5&amp;seeds=1..3#total\" data-curve=\"5,5,5;10,"
        ),
        "{page}"
    );
    // It can be drawn first; a histogram of seeds cannot.
    assert!(
        page.contains("id=\"runs-3\"") && page.contains("<label class=\"guess-label\" for=\"runs-3\">"),
        "{page}"
    );
    let seeds = html("# T\n\n![Luck.](sweep:count?seed=1..9&at=5#total)\n");
    assert!(seeds.contains("<figure class=\"sweep\" data-sweep") && !seeds.contains("guess"), "{seeds}");
    assert!(page.contains("<svg class=\"narrow\"") && page.contains("<figcaption>It <em>grows</em>."));
    assert!(only_problem("# T\n\n![x](sweep:count?stride=5#total)\n").1.contains("several values"));
}

#[test]
fn the_numbers_of_a_talk_are_held_against_its_moment() {
    let talk = |step: &str| format!("# T\n\n## In a talk\n\n1. {step}\n");
    let page = html(&talk("[By fives: 45 units.](step:count?stride=5&at=9#total)"));
    assert!(page.contains("data-moment=\"stride=5&amp;at=9\">By fives: 45 units.</a>"), "{page}");
    let (_, sentence) = only_problem(&talk("[By fives: 46 units.](step:count?stride=5&at=9#total)"));
    assert!(sentence.contains("count?stride=5&at=9#total gives 45"), "{sentence}");
    assert!(only_problem(&talk("[x 1](step:count#totl)")).1.contains("perhaps total"));
}

/// A table of published figures with one row, and what it cites.
fn published(row: &str) -> String {
    format!(
        "# T\n\n| What | Published | Here | Within | Left out |\n|-|-|-|-|-|\n{row}\n\n## References\n\n\
         - [@a2020] A 2020.\n"
    )
}

#[test]
fn a_published_figure_stands_beside_the_run_that_computes_it() {
    let row = |published: &str, here: &str, within: &str, left_out: &str| {
        published_problem(&format!("| The count | {published} | {here} | {within} | {left_out} |"))
    };
    let ours = "[20 units](run:count?stride=5&at=4#total)";
    assert_eq!(row("20 units [@a2020]", ours, "its digits", "nothing"), "");
    assert_eq!(row("20.4 units [@a2020]", ours, "2 %", "nothing"), "");
    assert_eq!(row("0.02 thousand [@a2020]", ours, "its digits", "nothing"), "");
    assert_eq!(row("90 units [@a2020]", ours, "no comparison", "another count"), "");
    let far = row("20.5 units [@a2020]", ours, "2 %", "nothing");
    assert!(
        far.contains("“The count”: “20.5 units ”") && far.contains("gives 20: that is not within 2 %"),
        "{far}"
    );
    assert!(row("19 units [@a2020]", ours, "its digits", "nothing").contains("not within its digits"));
    assert!(row("20 units", ours, "its digits", "nothing").contains("names its source"));
    assert!(row("20 units [@a2020]", "20 units", "its digits", "nothing").contains("names its run"));
    assert!(row("20 units [@a2020]", ours, "near", "nothing").contains("“near” is no distance"));
    assert!(row("20 units [@a2020]", ours, "its digits", "").contains("what the toy leaves out"));
    assert!(row("20 m [@a2020]", ours, "its digits", "nothing").contains("another unit"));
    assert!(
        row("20 to 30 units [@a2020]", ours, "2 %", "nothing").contains("has 2 numbers where the run has 1")
    );
    assert!(unfinished("# T\n").contains("at least 2 of them; this article has 0"));
}

fn published_problem(row: &str) -> String {
    let of_row = |(line, sentence): (usize, String)| (line == 5).then_some(sentence);
    problems(&published(row)).into_iter().filter_map(of_row).collect()
}

/// A section of questions with these items.
fn asking(items: &str) -> String {
    format!("# T\n\n## Questions to set\n\n{items}\n")
}

const ASKED: &str = "1. [How *far* is it by fives?](question:count?stride=5#total>=40,order=down,step<10) \
                     [Downwards.](answer:order=down&at=8) It is [40 units](run:count?stride=5&at=8#total) at step 8.";

#[test]
fn questions_lead_to_their_figures_and_keep_their_answers() {
    let article = Article::of(&TOPIC, &asking(&format!("{ASKED}\n2. [Why?](question:count) Because.")));
    let article = article.unwrap_or_else(|p| panic!("{}", report(&TOPIC, &p)));
    let page = article.html(&|_, _| String::new());
    assert!(
        page.contains(
            "<ol class=\"questions\" data-questions=\"\"><li data-question=\"count?stride=5#total&gt;=40,order=down,\
             step&lt;10\"><p>How <em>far</em> is it by fives?</p>"
        ),
        "{page}"
    );
    assert!(
        page.contains("<a href=\"?count.stride=5#sim-count\" data-run=\"count?stride=5\" title=\"Sets"),
        "{page}"
    );
    assert!(page.contains("Solved when: Total at least 40\u{a0}units, Order is "), "{page}");
    assert!(page.contains("<a href=\"?#sim-count\" data-run=\"count?\""), "{page}");
    assert!(page.contains("href=\"questions/\""), "{page}");
    assert!(!page.contains("Downwards.") && !page.contains("Because"), "{page}");
    let [asked, why] = &article.questions[..] else { panic!("two questions") };
    let (moment, words) = asked.answer.as_ref().expect("an answer");
    assert_eq!((moment.at, words.as_str()), (Some(8), "Downwards."));
    assert!(asked.because.contains("data-run=\"count?stride=5&amp;at=8\">40 units</a> at step 8."));
    assert!(why.answer.is_none() && why.question.check.is_none());
}

#[test]
fn a_wrong_question_is_told() {
    let wrong = |item: &str| only_problem(&asking(&format!("1. {item}"))).1;
    assert!(wrong("Words.").contains("has the form"));
    assert!(wrong("[x](question:cuont) y").contains("perhaps count is meant"));
    assert!(wrong("[x](question:count?stride=99) y").contains("from 1 to 10"));
    assert!(wrong("[x](question:count#totl>4) y").contains("perhaps total is meant"));
    assert!(wrong("[x](question:count)").contains("two to four sentences"));
    assert!(wrong("[x](question:count) y [3](control:count.stride)").contains("follows a figure"));
    assert!(wrong("[x](question:count#total>90) y").contains("names what meets it"));
    assert!(wrong("[x](question:count) [y](answer:strid=4) z").contains("perhaps stride is meant"));
    assert!(wrong("[x](question:count) [4](run:count#mean) y").contains("and the run 3"));
    let unmet = wrong("[x](question:count#total>90) [y](answer:stride=5) z");
    assert_eq!(
        unmet,
        "The answer does not meet “Total above 90\u{a0}units”: Total 60\u{a0}units (above 90\u{a0}units) at step 12."
    );
    // By itself, once it has run for as long.
    assert!(
        wrong("[x](question:count#total>90) [y](answer:stride=5&at=40) z").contains("without any answer")
    );
    assert!(wrong("[x](question:count#total<90) [y](answer:stride=5) z").contains("without any answer"));
    assert!(only_problem("# T\n\n[x](question:count)\n").1.contains("“Questions to set”"));
    assert!(unfinished(&asking("1. [x](question:count) y")).contains("lists 3 questions; this one has 1"));
    // It is held to its runs as the rest is, but for the numbers of the question.
    let told = |because: &str| unfinished(&asking(&format!("1. [x](question:count?stride=5) {because}")));
    assert!(told("It takes 77 steps.").contains("looks measured"), "{}", told("It takes 77 steps."));
    assert!(!told("By 5 units, at step 12.").contains("looks measured"));
}
