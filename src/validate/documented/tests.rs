use super::*;

#[test]
fn a_key_of_a_manual_is_known_and_its_neighbour_is_not() {
    assert!(is_documented(apart!("AKIAIOSFODNN7", "EXAMPLE").as_bytes()));
    assert!(is_documented(apart!("sk_test_", "4eC39HqLyjWDarjtT1zdp7dc").as_bytes()));
    assert!(is_documented(apart!("JBSWY3DP", "EHPK3PXP").as_bytes()));
    assert!(is_documented(apart!("110201543:AAHdqTcvCH1vGWJxfS", "eofSAs0K5PALDsaw").as_bytes()));
    assert!(is_documented(apart!("AIzaSyDaGmWKa4JsXZ-HjG", "w7ISLn_3namBGewQe").as_bytes()));
    assert!(is_documented(b"d41d8cd98f00b204e9800998ecf8427e"), "the hash of nothing");
    assert!(is_documented(
        apart!("09d25e094faa6ca2556c818166b7a956", "3b93f7099f6f0f4caa6cf63b88e8d3e7").as_bytes()
    ));
    assert!(!is_documented(apart!("AKIAIOSFODNN7", "EXAMPLF").as_bytes()));
}
