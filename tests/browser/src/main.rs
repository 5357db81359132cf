//! The browser suite: what the site promises its readers, checked in a real browser.
//!
//! Started by `cargo xtask test`, or by itself with part of a test's name:
//! `cargo run -p browser-tests --bin browser -- theme` (the environment as in xtask/src/checks.rs).

mod promises {
    pub mod addresses;
    pub mod asking;
    pub mod bringing;
    pub mod comparing;
    pub mod controls;
    pub mod depending;
    pub mod embeds;
    pub mod everyone;
    pub mod finding;
    pub mod frameworks;
    pub mod gallery;
    pub mod guest;
    pub mod hosts;
    pub mod keeping;
    pub mod lessons;
    pub mod looks;
    pub mod motion;
    pub mod moving;
    pub mod pages;
    pub mod prose;
    pub mod taking;
}

use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use browser_tests::catalogue::{self, Simulation};
use browser_tests::fonts::Fonts;
use browser_tests::session::Session;
use browser_tests::{Failure, Outcome, fail};

/// What a test has at hand.
pub struct Stage {
    pub session: Session,
    pub simulations: Vec<Simulation>,
    pub slugs: Vec<String>,
    pub pages: Vec<String>,
}

impl Stage {
    /// One simulation of each topic. The page's code does the same for all of a topic's, and what each of
    /// them brings along is asked natively; the turn says which, so that promises try different ones.
    pub fn one_of_each(&self, turn: usize) -> Vec<&Simulation> {
        let of = |slug: &String| self.simulations.iter().filter(|s| s.slug == *slug).collect::<Vec<_>>();
        self.slugs.iter().map(of).map(|own| own[turn % own.len()]).collect()
    }

    /// Whether a round of a promise is this device's, where several devices check it: they go in turns.
    pub fn takes_turn(&self, round: usize, devices: &[Fonts]) -> bool {
        devices[round % devices.len()] == self.session.fonts
    }

    /// Whether this device looks whether the words of a page fit: the widest fonts at every one, the others at
    /// every second.
    pub fn sees(&self, round: usize) -> bool {
        self.session.fonts == FIT[0] || round.is_multiple_of(2)
    }

    /// Every page, and of the frames, which differ in their simulation only, one of each topic; of the pages
    /// of questions, which differ in these only, the first.
    pub fn pages_once(&self) -> impl Iterator<Item = &String> {
        let framed: Vec<String> =
            self.one_of_each(1).iter().map(|s| format!("embed/{}/", s.address())).collect();
        let all = |page: &String| self.simulations.iter().any(|s| format!("embed/{}/", s.address()) == *page);
        let asks = |page: &&String| page.ends_with("/questions/");
        let asking = self.pages.iter().find(asks);
        let pages = self.pages.iter().filter(move |page| !asks(page) || asking == Some(page));
        pages.filter(move |page| !all(page) || framed.contains(page))
    }
}

/// Where most promises are checked.
const ANYWHERE: &[Fonts] = &[Fonts::DejaVu];

/// Where it is checked that words fit: in the widest fonts, without the page's own, and elsewhere.
const FIT: &[Fonts] = &[Fonts::DejaVuAlone, Fonts::Liberation];

/// Where it is checked that the page's own fonts come in time.
pub const OWN: &[Fonts] = &[Fonts::DejaVu, Fonts::Liberation];

type Run = for<'a> fn(&'a mut Stage) -> Pin<Box<dyn Future<Output = Outcome> + 'a>>;

/// A test named by what it promises: the name of its function, as words.
struct Promise {
    name: &'static str,
    run: Run,
    /// What devices have on which it is checked.
    fonts: &'static [Fonts],
}

macro_rules! promises {
    ($($module:ident::{$($function:ident $(in $fonts:ident)?),* $(,)?}),* $(,)?) => {
        &[$($(Promise {
            name: stringify!($function),
            run: |stage| Box::pin(promises::$module::$function(stage)),
            fonts: promises!(@ $($fonts)?),
        }),*),*]
    };
    (@) => { ANYWHERE };
    (@ $fonts:ident) => { $fonts };
}

const ALL: &[Promise] = promises! {
    pages::{
        no_page_complains_or_takes_the_focus,
        no_page_complains_or_takes_the_focus_under_a_path,
        the_hero_is_alive_soon,
        without_scripts_text_and_figures_are_there,
        a_piece_that_is_missing_is_said_and_tried_again,
        a_browser_without_vectors_is_told_so,
        what_is_out_of_sight_is_not_laid_out,
        nothing_moves_under_the_reader in OWN,
        a_page_that_comes_in_two_parts_stands_still,
        the_top_of_a_page_comes_first_and_then_all_of_it in OWN,
        what_is_in_sight_lives_first,
        who_goes_on_to_a_figure_does_not_wait_for_those_before,
        the_program_is_asked_for_before_all_of_a_page_has_come,
        formulas_have_letters_of_their_own_and_brackets_that_grow in OWN,
    },
    controls::{
        a_figure_can_be_read_by_pointer_and_by_keyboard,
        every_control_answers_keyboard_and_mouse,
        a_fold_that_holds_nothing_is_not_shown,
        the_transport_plays_pauses_steps_and_resets,
    },
    addresses::{
        an_address_restores_its_moment_and_the_share_link_gives_it_on,
        back_and_forward_work,
        hostile_addresses_are_answered_in_words,
        terminal_and_page_agree_bit_for_bit,
    },
    embeds::{
        a_simulation_stands_alone_in_a_frame_of_any_size,
        an_embed_obeys_its_address,
        a_sandboxed_embed_runs_and_answers,
        messages_drive_it_and_wrong_ones_change_nothing,
        a_storm_of_messages_leaves_it_running,
        a_deck_pauses_it_and_gets_its_keys_back,
        the_guide_to_embeds_shows_its_messages_working,
        one_file_runs_from_a_disk_and_in_srcdoc,
    },
    finding::{
        the_search_is_opened_and_walked_by_keys,
        what_is_typed_before_it_answers_is_not_lost,
        a_key_in_a_number_field_opens_nothing,
        the_pointer_chooses_and_the_focus_comes_back,
        what_is_not_found_is_said_with_the_query,
        a_search_that_cannot_be_loaded_says_so,
        the_search_works_under_a_path,
        the_search_works_without_a_network,
        the_header_and_the_search_fit_a_phone in FIT,
    },
    lessons::{
        a_question_is_solved_remembered_shared_and_replayed,
        the_questions_are_whole_without_scripts_and_on_paper,
    },
    gallery::{
        the_gallery_begins_with_one_figure_that_answers_and_a_way_to_all_topics,
        a_question_narrows_the_gallery_down_with_and_without_scripts,
        what_was_read_solved_and_bet_on_is_remembered_here_and_forgotten_on_request,
    },
    hosts::{
        a_real_deck_pauses_it_and_is_moved_by_its_keys,
        a_frame_that_a_deck_unloads_comes_back_as_it_was,
        two_frames_on_a_page_keep_apart,
        colours_of_the_host_do_not_spoil_it,
        a_frame_out_of_sight_does_nothing,
        hosts_that_people_use_hold_it_and_keep_their_keys,
    },
    frameworks::{the_guides_examples_run_in_their_frameworks},
    asking::{
        the_panel_of_a_readout_has_the_numbers_of_the_terminal,
        a_readout_is_asked_by_keyboard_and_gets_the_focus_back,
        a_frame_answers_why,
    },
    bringing::{own_data_are_opened_kept_and_left_out_of_long_links},
    depending::{
        a_sweep_of_the_page_has_the_bits_of_the_terminal,
        a_sweep_is_picked_stopped_read_and_followed,
        a_prediction_is_drawn_before_the_runs_are_shown,
    },
    guest::{
        the_keys_belong_to_the_speaker,
        a_page_around_scrolls_and_hears_the_keys,
        any_deck_has_its_keys_after_a_click,
        a_talk_goes_dark_and_keeps_the_display_awake,
        the_element_is_a_well_made_one,
        the_element_is_at_home_in_frameworks,
        a_frame_is_a_good_guest,
        sizes_that_are_offered_fit,
        what_is_hung_on_an_address_is_no_mistake,
        hands_do_what_they_mean,
        only_one_finger_and_the_left_button_drag,
        labels_stay_where_lines_run_from_right_to_left,
        a_canvas_follows_the_screen,
        what_cannot_run_says_so,
        a_frame_that_may_not_save_does_not_say_saved,
        the_key_of_the_search_can_be_turned_off,
        forced_darkness_leaves_the_page_to_itself,
    },
    comparing::{
        a_kept_run_stands_beside_the_next,
        two_runs_go_in_step_and_on_one_seed,
        whether_a_difference_is_luck_is_counted_over_seeds,
        bets_and_challenges_are_tried_on_other_seeds,
    },
    taking::{
        saved_files_are_those_of_the_command_line,
        a_film_shows_the_steps_that_come_and_can_be_cancelled,
        a_talk_is_taken_along_as_slides_and_as_a_film,
        the_form_writes_what_it_shows,
        a_talk_is_walked_by_a_clicker_and_handed_over,
        a_talk_is_given_in_two_windows_that_follow_each_other,
        either_window_of_a_talk_goes_on_without_the_other,
        a_speakers_view_that_is_held_back_is_offered_again,
    },
    keeping::{
        a_wrong_address_leads_to_the_nearest_right_ones,
        nothing_runs_that_the_build_did_not_write,
        the_site_works_without_a_network_after_one_visit,
        who_saves_data_is_asked_before_the_site_is_kept,
        an_update_never_mixes_two_versions,
    },
    looks::{
        both_themes_work_and_are_remembered,
        the_theme_can_stand_in_the_address,
        a_phone_has_no_sideways_scroll in FIT,
        marks_of_help_look_alike,
    },
    everyone::{
        axe_finds_nothing_in_either_theme,
        a_simulation_speaks,
        zoom_and_text_spacing_lose_nothing in FIT,
        paper_has_the_figures_and_no_buttons,
        forced_colours_leave_everything_visible,
        the_contents_mark_the_place,
    },
    moving::{
        every_page_reached_in_place_is_that_page,
        a_page_in_place_is_announced_and_read_from_its_beginning,
        the_way_back_finds_the_figures_as_they_were,
        what_was_live_is_live_again_in_place,
        a_page_in_place_stands_still_and_says_so,
        what_cannot_be_done_in_place_is_left_to_the_browser,
        what_is_about_to_be_wanted_is_fetched_unless_data_is_saved,
        a_change_of_scene_is_shown_to_those_who_like_motion,
        two_hundred_pages_leave_nothing_behind,
    },
    motion::{
        what_is_out_of_sight_stands_still,
        what_runs_by_itself_stops_before_it_answers_a_bet,
        a_hidden_page_stands_still,
        reduced_motion_starts_paused,
    },
    prose::{
        a_number_in_the_prose_is_the_control,
        what_is_drawn_is_looked_at,
        words_light_what_they_name,
        presets_in_the_prose_apply,
        measured_numbers_set_their_run_up,
    },
};

/// A promise on a device.
struct Check {
    promise: &'static Promise,
    fonts: Fonts,
}

/// No test may hang the others.
const LIMIT: Duration = Duration::from_secs(900);

/// So many browsers share the tests: a test waits more than it computes.
const BROWSERS: usize = 3;

fn main() -> ExitCode {
    let filter = std::env::args().nth(1).unwrap_or_default();
    match all(&filter) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(Failure(why)) => {
            println!("The browser suite broke off: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the tests whose name contains the filter; the answer is how many failed.
fn all(filter: &str) -> Outcome<usize> {
    let filter = filter.replace(' ', "_");
    let mut chosen: Vec<Check> = ALL
        .iter()
        .filter(|promise| promise.name.contains(&filter))
        .flat_map(|promise| promise.fonts.iter().map(move |&fonts| Check { promise, fonts }))
        .collect();
    // Other fonts take another browser.
    chosen.sort_by_key(|check| check.fonts);
    println!("\nrunning {} tests", chosen.len());
    let start = Instant::now();
    let queue = Mutex::new(chosen.iter());
    let workers = BROWSERS.min(chosen.len());
    let done: Vec<Outcome<Vec<String>>> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&queue))).collect();
        let ended = started.into_iter().map(std::thread::ScopedJoinHandle::join);
        ended.map(|end| end.unwrap_or_else(|_| fail("a test panicked; its words stand above"))).collect()
    });
    let failures: Vec<String> = done.into_iter().collect::<Outcome<Vec<_>>>()?.concat();

    if !failures.is_empty() {
        println!("\nfailures:\n");
        for failure in &failures {
            println!("  {failure}\n");
        }
    }
    println!(
        "\ntest result: {}. {} passed; {} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        if failures.is_empty() { "ok" } else { "FAILED" },
        chosen.len() - failures.len(),
        failures.len(),
        ALL.iter().map(|promise| promise.fonts.len()).sum::<usize>() - chosen.len(),
        start.elapsed().as_secs_f64()
    );
    Ok(failures.len())
}

/// Takes tests from the queue until it is empty, in a browser of its own; the answer is what failed.
fn work(queue: &Mutex<std::slice::Iter<Check>>) -> Outcome<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let simulations = catalogue::simulations()?;
        let slugs = catalogue::slugs(&simulations);
        let session = Session::start(Fonts::DejaVu).await?;
        let pages = catalogue::pages(&session.dist)?;
        let mut stage = Stage { session, simulations, slugs, pages };
        let mut failures = Vec::new();
        let next = || queue.lock().ok().and_then(|mut queue| queue.next());
        while let Some(&Check { promise, fonts }) = next() {
            let mut name = promise.name.replace('_', " ");
            if promise.fonts.len() > 1 {
                name = format!("{name}, {}", fonts.words());
            }
            if stage.session.fonts != fonts {
                let other = Session::start(fonts).await?;
                std::mem::replace(&mut stage.session, other).close().await;
            }
            let start = Instant::now();
            let outcome = one(promise, &mut stage).await;
            let took = start.elapsed().as_secs();
            if let Err(Failure(why)) = outcome {
                println!("test {name} ... FAILED ({took} s)");
                failures.push(format!("{name}: {why}"));
                // A page that hangs would keep the browser from all that comes after.
                let fresh = Session::start(fonts).await?;
                std::mem::replace(&mut stage.session, fresh).close().await;
            } else {
                println!("test {name} ... ok ({took} s)");
            }
        }
        stage.session.close().await;
        Ok(failures)
    })
}

async fn one(promise: &Promise, stage: &mut Stage) -> Outcome {
    stage.session.reset().await?;
    tokio::time::timeout(LIMIT, (promise.run)(stage))
        .await
        .unwrap_or_else(|_| Err(Failure(format!("not done after {} s", LIMIT.as_secs()))))
}
