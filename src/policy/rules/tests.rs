use super::*;
use crate::policy::Band;
use crate::policy::atoms::AtomSet;

fn answers(item: usize) -> Answers {
    Answers { item, codes: vec![1] }
}

/// Seventy gates, each on an atom of its own, over three words.
fn rules() -> Rules {
    let mut rules = Rules::new();
    for item in 0..70 {
        let number = rules.atoms_mut().number(answers(item));
        assert_eq!(number, item);
        rules.add_gate(&GateEffect::Floor(Band::High), &[AtomSet::of(number)]);
    }
    rules.finish();
    rules
}

#[test]
fn what_is_possible_is_told_of_the_gate_that_asks() {
    let rules = rules();
    assert_eq!(rules.words(), 3);
    for (sometimes, always) in [(0, 1), (31, 32), (33, 63), (64, 69), (69, 5)] {
        let possible = rules.possible(|atom| Possible {
            sometimes: atom.item == sometimes,
            always: atom.item == always,
        });
        for (gate, possible) in possible.iter().enumerate() {
            assert_eq!(possible.sometimes, gate == sometimes, "gate {gate}");
            assert_eq!(possible.always, gate == always, "gate {gate}");
        }
    }
}

#[test]
fn a_gate_fires_when_all_of_an_alternative_holds() {
    let mut rules = Rules::new();
    let numbers: Vec<usize> = (0..40).map(|item| rules.atoms_mut().number(answers(item))).collect();
    let both = AtomSet::of(numbers[3]).with(AtomSet::of(numbers[39]));
    rules.add_gate(&GateEffect::Must, &[both, AtomSet::of(numbers[35])]);
    rules.finish();
    let bits = |held: &[usize]| {
        let mut words = vec![0; rules.words()];
        held.iter().for_each(|bit| words[bit / WORD] |= 1 << (bit % WORD));
        words
    };
    assert_eq!(rules.term_count(), 2);
    for (held, fires) in [
        (vec![3], false),
        (vec![39], false),
        (vec![3, 39], true),
        (vec![35], true),
        (vec![], false),
    ] {
        assert_eq!(!rules.fired(&bits(&held)).is_empty(), fires, "{held:?}");
        assert_eq!(rules.effects(&bits(&held)) & MUST == MUST, fires, "{held:?}");
    }
}

#[test]
fn an_atom_has_one_number_however_often_it_is_asked_for() {
    let mut atoms = Atoms::default();
    let numbers: Vec<usize> = [4, 7, 4, 9, 7].map(|item| atoms.number(answers(item))).to_vec();
    assert_eq!(numbers, [0, 1, 0, 2, 1]);
    assert_eq!(atoms.list(), [answers(4), answers(7), answers(9)]);
}
