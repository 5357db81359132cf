//! The opening picture of every simulation, as it was when someone last looked at it.
//!
//! A change of a model, a figure or the renderer shows here as a difference of SVG text. Look at
//! the picture (`tinkerable figure <slug>/<simulation>`), then accept it with
//! `INSTA_UPDATE=always cargo test --test figures`.

use tinkerable::lab::Runner;
use tinkerable::lab::figure::scene;
use tinkerable::lab::figure::svg;
use tinkerable::topics::ALL;

#[test]
fn opening_pictures_are_as_they_were() {
    insta::with_settings!({ snapshot_path => "figures", prepend_module_to_snapshot => false, omit_expression => true }, {
        for topic in ALL {
            for spec in topic.simulations {
                let figure = Runner::opening(spec).simulation().figure();
                // One element a line, so that a difference can be read.
                let drawn = svg::inline(&scene::compose(&figure, 720.0), "").replace("><", ">\n<");
                insta::assert_snapshot!(format!("{}--{}", topic.slug, spec.id), drawn);
            }
        }
    });
}

#[test]
fn no_label_of_an_opening_picture_leaves_the_drawing() {
    for topic in ALL {
        for spec in topic.simulations {
            let figure = Runner::opening(spec).simulation().figure();
            for width in [328.0, 560.0, 720.0, 1100.0] {
                let drawing = scene::compose(&figure, width);
                for item in &drawing.items {
                    if let scene::Ink::Text { at, text, .. } = &item.ink {
                        let inside = (-1.0..=width + 1.0).contains(&at[0])
                            && (0.0..=drawing.height + 1.0).contains(&at[1]);
                        assert!(
                            inside,
                            "{}/{} at {width} px: “{text}” stands at {at:?}",
                            topic.slug, spec.id
                        );
                    }
                }
            }
        }
    }
}
