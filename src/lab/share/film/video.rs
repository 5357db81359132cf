//! A film as MP4: pictures that the browser has encoded as H.264, which slides, phones and editors play. The
//! `shiguredo_mp4` package puts them into a file.

use core::num::NonZeroU32;

use shiguredo_mp4::boxes::{Avc1Box, AvccBox, SampleEntry, VisualSampleEntryFields};
use shiguredo_mp4::mux::{
    Mp4FileMuxer, Mp4FileMuxerOptions, Sample, TrackMetadata, estimate_maximum_moov_box_size,
};
use shiguredo_mp4::{Decode, TrackKind, Utf8String};

use super::{CREDIT, fail};

/// Times are in hundredths of a second, as a GIF has them.
const HUNDREDTHS: NonZeroU32 = NonZeroU32::new(100).expect("a hundred");

/// A picture as the browser has encoded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub data: Vec<u8>,
    /// Whether it can be shown without those before it.
    pub is_whole: bool,
}

/// The file: pictures of this size in px with what a decoder must know of them (an
/// `AVCDecoderConfigurationRecord`, ISO/IEC 14496-15), how long each stands in hundredths of a second, and where
/// they come from, which the track is named by.
///
/// # Errors
/// A sentence, if there is no picture, or what the browser says of them is no such record.
pub fn file(
    size: [u16; 2],
    decoder: &[u8],
    pictures: &[Encoded],
    delays: &[u16],
    source: &str,
) -> Result<Vec<u8>, String> {
    if pictures.is_empty() {
        return Err(fail(&"it has no picture"));
    }
    let name = format!("{source} {CREDIT}");
    let video_track =
        TrackMetadata { name: Utf8String::new(&name).unwrap_or_default(), ..Default::default() };
    let mut muxer = Mp4FileMuxer::with_options(Mp4FileMuxerOptions {
        // What players must know stands first: they begin before all of it is there.
        reserved_moov_box_size: name.len() + estimate_maximum_moov_box_size(&[pictures.len()]),
        video_track,
        ..Default::default()
    })
    .map_err(|error| fail(&error))?;
    let mut entry = Some(entry(size, decoder)?);
    let mut out = muxer.initial_boxes_bytes().to_vec();
    for (picture, delay) in pictures.iter().zip(delays) {
        let sample = Sample {
            track_kind: TrackKind::Video,
            sample_entry: entry.take(),
            keyframe: picture.is_whole,
            timescale: HUNDREDTHS,
            duration: u32::from(*delay),
            composition_time_offset: None,
            data_offset: out.len() as u64,
            data_size: picture.data.len(),
        };
        muxer.append_sample(&sample).map_err(|error| fail(&error))?;
        out.extend(&picture.data);
    }
    for (at, bytes) in muxer.finalize().map_err(|error| fail(&error))?.offset_and_bytes_pairs() {
        let (at, end) = (at as usize, at as usize + bytes.len());
        out.resize(out.len().max(end), 0);
        out[at..end].copy_from_slice(bytes);
    }
    Ok(out)
}

/// How the pictures are to be decoded.
fn entry([width, height]: [u16; 2], decoder: &[u8]) -> Result<SampleEntry, String> {
    let decoder = &*mended(decoder).ok_or_else(|| fail(&"the browser's record of the decoder is broken"))?;
    // The record stands in a box of its own: length and name, then what the browser says.
    let length = (decoder.len() as u32 + 8).to_be_bytes();
    let boxed = [&length, &b"avcC"[..], decoder].concat();
    let (avcc_box, _) = AvccBox::decode(&boxed).map_err(|error| fail(&error))?;
    let visual = VisualSampleEntryFields {
        data_reference_index: VisualSampleEntryFields::DEFAULT_DATA_REFERENCE_INDEX,
        width,
        height,
        horizresolution: VisualSampleEntryFields::DEFAULT_HORIZRESOLUTION,
        vertresolution: VisualSampleEntryFields::DEFAULT_VERTRESOLUTION,
        frame_count: VisualSampleEntryFields::DEFAULT_FRAME_COUNT,
        compressorname: VisualSampleEntryFields::NULL_COMPRESSORNAME,
        depth: VisualSampleEntryFields::DEFAULT_DEPTH,
    };
    Ok(SampleEntry::Avc1(Avc1Box { visual, avcc_box, unknown_boxes: Vec::new() }))
}

/// Profiles whose records end with their sets of parameters; those of others say what colours they have.
const PLAIN_PROFILES: [u8; 3] = [66, 77, 88];

/// 4:2:0 in 8 bits, which is what canvases are encoded to, and no further sets.
const COLOURS: [u8; 4] = [0xfd, 0xf8, 0xf8, 0];

/// A decoder's record as ISO/IEC 14496-15 (5.3.3.1) has it. Firefox's lacks the reserved bits and what the high
/// profiles say of colours, and has the first byte of each set of parameters twice (its bug 2031056).
fn mended(record: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = record.split_at_checked(5)?;
    let mut out = head.to_vec();
    out[4] |= 0xfc;
    // Of sequences the byte says it, which is no profile; of pictures it need not be told apart.
    let mut twice = None;
    for (most, reserved) in [(0x1f, 0xe0), (0xff, 0)] {
        let (count, behind) = rest.split_first()?;
        out.push((count & most) | reserved);
        rest = behind;
        for _ in 0..count & most {
            let (length, behind) = rest.split_at_checked(2)?;
            let length = u16::from_be_bytes(length.try_into().ok()?);
            let (set, behind) = behind.split_at_checked(length.into())?;
            let twice = *twice.get_or_insert(matches!(set, [a, b, ..] if a == b));
            let set = set.get(usize::from(twice)..)?;
            out.extend((set.len() as u16).to_be_bytes());
            out.extend(set);
            rest = behind;
        }
    }
    let lacks_colours = rest.is_empty() && !PLAIN_PROFILES.contains(&head[1]);
    out.extend(if lacks_colours { &COLOURS[..] } else { rest });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiguredo_mp4::demux::{Input, Mp4FileDemuxer};

    /// Baseline at level 4, lengths of four bytes, one set of each kind of parameters.
    const DECODER: &[u8] = &[1, 66, 0xe0, 40, 0xff, 0xe1, 0, 4, 0x67, 66, 0xe0, 40, 1, 0, 2, 0x68, 0xce];

    fn pictures() -> Vec<Encoded> {
        (0..3).map(|i| Encoded { data: vec![i; 5 + usize::from(i)], is_whole: i == 0 }).collect()
    }

    #[test]
    fn what_is_packed_is_read_back() {
        let source = "https://example.org/embed/a/b/?at=3";
        let file = file([480, 270], DECODER, &pictures(), &[8, 8, 84], source).expect("it is packed");
        let mut reader = Mp4FileDemuxer::new();
        reader.handle_input(Input { position: 0, data: &file });
        let tracks = reader.tracks().expect("it is an MP4").to_vec();
        assert_eq!((tracks.len(), tracks[0].timescale.get(), tracks[0].duration), (1, 100, 100));
        let mut read = Vec::new();
        while let Some(sample) = reader.next_sample().expect("samples follow") {
            let at = sample.data_offset as usize;
            read.push((file[at..at + sample.data_size].to_vec(), sample.keyframe, sample.duration));
        }
        let packed = pictures().into_iter().zip([8, 8, 84]);
        assert_eq!(read, packed.map(|(p, delay)| (p.data, p.is_whole, delay)).collect::<Vec<_>>());
        // Who opens it finds where it comes from, and players what they must know, before the pictures.
        let place = |text: &[u8]| file.windows(text.len()).position(|window| window == text);
        assert!(place(source.as_bytes()) < place(b"mdat") && place(b"Tinkerable, CC BY 4.0").is_some());
    }

    #[test]
    fn a_record_as_firefox_writes_it_is_mended_and_a_right_one_left_alone() {
        let firefox = [1, 100, 0, 40, 3, 1, 0, 5, 0x67, 0x67, 100, 0, 40, 1, 0, 3, 0x68, 0x68, 0xeb];
        let right =
            [1, 100, 0, 40, 0xff, 0xe1, 0, 4, 0x67, 100, 0, 40, 1, 0, 2, 0x68, 0xeb, 0xfd, 0xf8, 0xf8, 0];
        for record in [&firefox[..], &right] {
            assert_eq!(mended(record).as_deref(), Some(&right[..]));
            assert!(file([2, 2], record, &pictures(), &[1, 1, 1], "").is_ok());
        }
        assert_eq!(mended(DECODER).as_deref(), Some(DECODER));
    }

    #[test]
    fn what_cannot_be_packed_is_told() {
        assert!(
            file([2, 2], &[9, 9], &pictures(), &[1, 1, 1], "").is_err_and(|said| said.contains("packed"))
        );
        assert!(file([2, 2], DECODER, &[], &[], "").is_err());
    }
}
