//! Values that vendors print in their manuals, and keys that every emulator ships with. They are never
//! secrets.
//!
//! Stored as the first 8 bytes of their SHA-256, so that this file holds no secret-shaped text.

use sha2::{Digest, Sha256};

const PUBLISHED: &[u64] = &[
    // The GUID of RFC 6455, which every WebSocket appends to a key, in both cases.
    0x7f44_193a_6ede_a087,
    0xfe31_5000_03b3_2ca3,
    // Amazon Web Services: the manuals' access key ids, then their secret keys.
    0x1a5d_44a2_dca1_9669,
    0xc6ea_27c5_34f9_93d3,
    0xcb20_d34a_7add_a2f5,
    0x7831_4b11_be2e_5815,
    0xe21b_597b_a6b9_cafa,
    // The storage emulator Azurite and the Cosmos DB emulator.
    0x0011_cc25_eb43_2071,
    0xaa65_4743_9583_c3a2,
    // Stripe's test key from its manual, and its former one.
    0x2caf_c097_0149_a84f,
    0xf2d6_ca16_5150_33e5,
    // The default token on jwt.io.
    0x7f75_367e_7881_2551,
    // The key in SendGrid's manual.
    0x0209_1175_c1ae_3023,
    // The first account of Hardhat and Anvil, without and with 0x, and the mnemonic that it is made from.
    0xbc1a_5096_6c9e_6486,
    0x60a0_9e43_5786_8c1e,
    0xf79c_d64f_9cea_2378,
    // BIP-39's first test vector.
    0xc557_eec8_78df_d852,
    // Seeds of one-time passwords from the documentation of otpauth links and RFC 6238; the bearer token of
    // RFC 6750.
    0x8be5_d113_c087_1ce1,
    0x549c_9390_539e_fcfa,
    0xb8e1_4854_5b13_c78b,
    // The password of RFC 5769's messages, in the tests of every library for STUN.
    0xdea8_94ac_256e_af34,
    // The keys that YouTube's page sends to every browser.
    0x3104_3aae_8be2_2df7,
    0xfb55_3538_db18_5d40,
    0x3651_cf9c_6b54_a158,
    0x2ce7_d742_f199_587a,
    0x2069_e5dd_95e4_3871,
    0x4e6e_9692_d76c_1c21,
    0x2bea_43e3_f40e_b708,
    // The padding of passwords in PDF (ISO 32000-1), NZBGet's first password, and the private key 1 of Bitcoin in both
    // forms.
    0xdd07_8356_1a48_f11b,
    0x02bb_725a_5e3a_e162,
    0x2898_1d08_ecff_66aa,
    0x8a11_35d9_e9e6_9fba,
    // The keys of the test vectors of BIP-32 and BIP-39.
    0x93e2_8cee_01d3_4e88,
    0xe59e_a07f_c7f1_a4be,
    0x28de_975c_ba29_7ed6,
    0x5367_9fbb_8565_50dc,
    0x315c_ced0_5b06_0a86,
    0x2408_5206_39e5_7980,
    0x611e_8328_b63c_2a18,
    0xa367_550e_2c86_9ad8,
    0xe323_adc0_3718_50fb,
    0xfa14_6b83_df55_0394,
    0x1d58_019b_6396_991e,
    0x5c8f_411d_530e_dc3a,
    0x8de4_f356_8631_5bcc,
    0x44cd_5d10_2d24_768b,
    0xba32_1754_cd5c_8815,
    0x0745_87c0_e30b_559d,
    0x2243_ae4c_7301_4469,
    0x74b9_cbd1_5a4e_49da,
    0x1f1c_093d_aa59_4e88,
    0xab68_52ad_6a0b_60be,
    0xce0e_5e2d_20c0_7257,
    0xdcc1_cf7a_51c3_5190,
    0x3ca7_6296_cc49_8e77,
    0x911f_82f8_1194_7e3e,
    0xd37c_8684_6d84_cb46,
    0x4201_0a60_6042_a639,
    0xcbd4_7305_74f2_674f,
    0x48bd_7569_3c45_25eb,
    0xc3e9_81f8_e1c6_a201,
    0x4ec7_efd0_add0_ac4b,
    0xe4cd_8805_0076_06c1,
    0xbebe_65f0_e056_9d62,
    0xc14a_ca8e_6d6b_82d1,
    0x38f4_5b57_d43a_7400,
    0x8682_6de4_63a4_859a,
    0x04a5_6493_8fd4_1d29,
    0xed7b_fe0c_eae8_13bc,
    0x0086_0ac6_1212_8954,
    0x7575_4388_723d_b8ec,
    0x9d61_c593_824c_392c,
    0xac17_da3e_1143_2de9,
    // MD5, SHA-1 and SHA-256 of nothing and of words that samples hash.
    0xf215_faf9_d88b_7f0a,
    0x2c89_b7e5_60fb_8c30,
    0x52bb_ea75_ee75_a6f1,
    0x3f2c_d8e5_7b09_6fe7,
    0x4914_e233_74bb_211e,
    0x465c_194a_fb65_670f,
    0xcdf4_a007_e2b0_2a0c,
    0x9f9d_d1d2_e3f1_89e7,
    0x07e2_3ede_2756_aa3f,
    0x999b_5233_407e_71fb,
    0x1686_0182_7c50_b370,
    0x0d28_7772_dfce_d309,
    0x48e0_9540_9686_4b1b,
    0xb5a0_4226_bda8_fc65,
    0x299b_bc64_53f9_6d5c,
    0x6d31_c4c9_c005_c3fd,
    0xcd37_2fb8_5148_700f,
    0xdfe7_a23f_efee_a519,
    0x7b3d_979c_a833_0a94,
    0x1134_59eb_7bb3_1bdd,
    0xd791_4fe5_46b6_8468,
    0x998e_d4d6_2174_2d0c,
    0x49dc_52e6_bf2a_be5e,
    0x3d91_b585_04a6_cc3a,
    // The head of the manuals' AWS key, cut at its slash.
    0x354f_86b2_e734_6e78,
    // Telegram's bot tokens in its manual.
    0x0b5d_d075_ccdd_03c4,
    0x731f_a294_d036_e54f,
    0x9766_3138_e666_9921,
    0x1bdd_8b61_1f67_4e61,
    0x9f4f_b7f3_4e63_78f6,
    // Google's API keys in its manuals and API explorers.
    0xac92_65e5_6c79_b234,
    0xf701_0ed4_6587_9292,
    0x0e53_6fcd_af45_ed78,
    0xe71f_9466_2c79_0603,
    0x50d1_a3fa_fa44_36e6,
    // The same in every Chrome, and in a sample of Google Analytics.
    0xa6a7_2fb2_9e39_85c6,
    0x58f5_b51b_4b23_6ec8,
    0x53fe_277c_7b48_3940,
    0x34d4_64f6_4a85_1dff,
    // Google's OAuth tokens in its manuals.
    0x15c4_2c9a_6fc9_42e1,
    0x7031_5961_d7e8_721f,
    0xda2e_2b73_3b5b_5e24,
    0xdf16_ec80_0d14_07f4,
    // GitHub's tokens in its manual.
    0x3543_c50b_0cb9_cea8,
    0xbc3a_e723_f57c_6b9e,
    0x82e7_4299_544e_0073,
    0x797c_0ce4_1458_6cc8,
    0x6d7f_a4e6_4d4b_1f3e,
    // Slack's tokens and signing secret in its manual.
    0xa4f0_6cc5_36ba_5f76,
    0x0d7e_9208_45ed_3423,
    0x6adb_fd17_8516_c8ef,
    0x3a7c_675d_d4f8_6399,
    // Stripe's further test keys and its webhook's sample.
    0x2d1f_7723_aabc_5c7a,
    0x7e8d_e44e_a9ec_f6d5,
    0x69e5_a07c_cf06_bc5a,
    0xb147_1f54_4cee_ea31,
    0x5895_b89c_8fb3_3402,
    // The tokens with which Twitter's own page and apps call it, the same in every copy, and the key and secret of its
    // Android app.
    0xddb8_2bb9_be08_2e9b,
    0x1b69_5d63_fd5c_187e,
    0x11d3_072e_6af2_d409,
    0x4306_f1ad_1479_47c2,
    0xb0e4_0d67_f0e1_6357,
    0x99d3_f3ef_0702_de2e,
    0x6740_07c9_75af_4a20,
    0x6e92_347f_708a_4d7c,
    0xa3e5_e2d0_b256_b382,
    0x1c6b_0910_8a41_d694,
    // Mailgun's key in its manual.
    0x9c84_6fdf_0fa8_955c,
    // Twitter's and OAuth's manuals (RFC 5849, RFC 6749).
    0x8e06_2830_0c16_fe38,
    0x00b3_dc64_0c9c_99fc,
    0x0e04_efa6_bc7d_2d51,
    0x5aac_38e5_42b7_6b97,
    0x8299_0559_e7af_db58,
    0xcb87_c87e_4a13_8d9a,
    0x2932_57ab_6495_ebb1,
    0x4c20_e6f5_cc11_b937,
    0x6aa1_4267_d949_44e6,
    0xbb9b_1163_338b_2a51,
    0x649e_1f5c_769e_718b,
    0x53f5_da0a_aa93_d64c,
    0x6c96_130f_130a_b0d6,
    0x00cf_4c78_1dc3_7003,
    0xa35b_81a7_d792_7b70,
    0xca74_59e2_b267_76de,
    0x584b_27d6_4ebc_1b33,
    0xe997_4c50_7d2a_8021,
    // Basic credentials of RFC 7617 and RFC 2617, and of `user:password`, `user:pass`, `username:password`.
    0xcf4d_418e_d3de_92d7,
    0x73f7_1af0_93fd_f154,
    0xbdfe_aef4_4475_711c,
    0x0e9d_2206_16f0_8345,
    0xe4da_07ad_2000_89ce,
    // Symmetric keys and tokens of RFC 7515, 7517, 7519, 7520.
    0x8b1b_17a9_740c_068a,
    0x57af_c116_65be_b68d,
    0x0330_b119_98cb_c9ab,
    0x8d4e_f653_6dc8_895f,
    // Asymmetric keys of RFC 7515, 7517, 8032 and 8037, and of Hydra's API description.
    0x5ccf_2edb_4f07_0f0b,
    0x190e_df59_d573_6c3b,
    0xa454_04ae_333d_d955,
    0x2e4f_f57e_9c83_2eda,
    0xe2eb_a160_4c30_c84a,
    // Hashes of nothing, and of words that stand for any password.
    0xf215_faf9_d88b_7f0a,
    0x07e2_3ede_2756_aa3f,
    0xcd37_2fb8_5148_700f,
    0x3f2c_d8e5_7b09_6fe7,
    0x52bb_ea75_ee75_a6f1,
    0x465c_194a_fb65_670f,
    0xcdf4_a007_e2b0_2a0c,
    // Amazon's further samples: S3's and IAM's manuals.
    0xe8a0_614b_6747_a06f,
    // Socket's key for everybody.
    0x9cab_58b2_4140_ee12,
    // MinIO's playground.
    0x1bbb_9293_c38a_cc5e,
    0xdf45_2eef_23e8_cf2c,
    // Tornado's demos and manual.
    0x51fd_41f6_9e7a_f01a,
    0x0876_d950_12eb_ec8b,
    0x38e5_9787_57d7_08b1,
    0xbf2f_8d37_1f7e_e313,
    0xa953_6f69_d008_3b31,
    // Secrets that frameworks and programs ship with: Grafana, Harbor, Huginn, jwt-auth, Sa-Token, Apache Shiro,
    // Airflow, JeecgBoot.
    0xf3c3_964c_a854_e172,
    0x1bc4_6a56_f703_f5b4,
    0x7628_78ad_f3b8_cc1b,
    0xdf78_5331_3b40_20b0,
    0x0358_e912_9f12_d91d,
    0x79a1_64a2_d77b_4a08,
    0xe6da_e283_b3ac_df18,
    0xb4ce_e395_127a_5dad,
    0x309d_33b1_db25_0f5f,
    0x5632_d317_7cd2_8b1f,
    0x57eb_ed09_250d_238f,
    0x8536_7e6f_1504_3f19,
    0x59f4_7341_a32d_1502,
    0x14e7_ad46_4c59_7c49,
    0x27ad_2f1d_bac0_e409,
    0xb3a0_ae39_dc26_36df,
    0x8188_6cc4_d790_74f6,
    0x45f9_af60_db8d_c522,
    0xa314_a6c7_c057_0ea1,
    // Signing keys of manuals and courses that thousands copy: FastAPI, Flask, Spring Security with JSON Web Tokens.
    0x570d_ad43_de1a_f4c9,
    0x2598_f7d6_adc1_42d8,
    0x3354_cfcf_65c7_b2e6,
    0x2a1d_61d5_e199_7a7a,
    0xbf0b_62ed_ab9c_25ed,
    0xf427_300f_bad3_130c,
    // The clients of ownCloud for desktops, Android and iOS: the same everywhere, and in its manual.
    0x4d99_b0a4_a03d_651f,
    0x2714_3487_259b_899e,
    0xc641_3c49_29ad_170e,
    // Google's key for tests of reCAPTCHA, from its manual.
    0xf5e9_5c99_5463_5b65,
    // Box's bearer token in its guides.
    0x6116_e6ed_cdd5_b73a,
    // Discord's tokens, secrets and webhook in its manual.
    0xdc2c_0a76_6405_2877,
    0xf3df_33ac_6ed6_d02d,
    0x849d_b596_7770_deac,
    0xee29_5351_44d5_13c3,
    0x5dd8_b8f0_d6d8_b730,
    0x02f7_ce3c_263f_85c0,
    0x3c77_4334_9f56_55ff,
    0x4d91_bedc_269d_492b,
    0x8cd2_e298_4bad_4341,
    0x4804_9eec_419f_7b77,
    0xf82e_2159_0958_7df3,
    0x35cd_205c_3caa_8aa9,
    // DigitalOcean's values in the examples of its API.
    0xc92d_3a1e_915d_a782,
    0xfc59_8e52_91ee_ce17,
    0xf5da_e790_b444_1e8b,
    0xc106_4a8c_f983_9c02,
    // The JSON Web Keys and the token in k6's manual.
    0x5536_021b_c30c_7602,
    0xca48_76d3_a0d9_1ef9,
    0xc3a6_cf5c_ae99_47d9,
    // The numbers of webhooks and a password in Mailgun's manual.
    0x41d6_5283_fe15_f91d,
    0x2e2d_bfc1_c059_3a1f,
    0xcc26_5b42_a65b_8761,
    0x2811_827e_3b4f_c94c,
    0x3a25_35aa_d255_2f11,
    0x156e_82d0_77b7_f9a5,
    0xf850_07e1_a21c_55e2,
    // NATS's seeds and a password in its manual, and the seeds in comments and manuals of its libraries.
    0xdaa6_b9a4_a152_c75f,
    0xe5fa_233c_26f3_7720,
    0x23d8_e4b8_d83a_2f27,
    0xf70c_753f_3bef_33a1,
    0xf7d3_2465_8efb_b44d,
    0x3e4f_e3d8_7c77_c4a6,
    0xe782_1e58_099f_0e0a,
    0xd097_1cea_abb7_4673,
    0xfde7_9daa_1ee7_c977,
    0x3114_e6a5_b110_ffa7,
    // Okta's tokens and client secrets in its guides.
    0xc946_62ca_9a00_e50f,
    0xb48e_33e9_36d2_c396,
    0x71f4_23b0_6343_6049,
    0x8ccb_abd6_a3a1_330f,
    0x6276_f948_af71_ffd4,
    0x0d42_9550_91d9_3662,
    0x355b_53bb_7f0a_971a,
    0x1fc1_50e3_16de_3496,
    0x09b9_231a_00b7_1124,
    0x3d52_e519_ce25_0e0b,
    0xbc85_5b9e_a7c7_128f,
    0x21c8_19cc_d4db_3688,
    0x8251_bc42_6e42_44ae,
    0xfb17_5b67_57af_4bcc,
    0x8a1f_7a19_f972_0429,
    0x3670_6329_f486_752b,
    0x4fa6_6389_8f0c_a9a4,
    0x578a_c9d0_9cea_698d,
    0x3964_be3e_8f5b_e7bb,
    0xadb7_2bdd_9a7f_f33d,
    0xd7b9_891f_1ac5_3e59,
    0xc873_bb06_2e4e_81b6,
    0x0d88_e6cd_bd31_0454,
    0xc3de_19c1_c632_6648,
    0x30fa_1acc_1d36_413f,
    0x0e4b_82fd_cce8_32ae,
    0x784c_1c46_727c_0716,
    0x6d35_3858_2f6e_cf5b,
    0x40b8_9c5c_d079_a7b5,
    0xf2cd_01f6_6cc4_60f1,
    0x4106_10e5_f63e_6bff,
    0x8d3b_ea8f_bfa9_453e,
    0x1d32_b012_36ca_e8e2,
    0xf73c_bdfc_52aa_6ad7,
    0x33a7_626d_ac7c_d5fe,
    0xc790_0e71_8311_a060,
    0x0970_9e74_f09a_7ae5,
    0x9e6a_e016_8440_7061,
    // RabbitMQ's passwords, hashes and OAuth secrets in its guides.
    0x87c4_0c19_9ce2_4acd,
    0x2245_134b_795e_bdd9,
    0x2c69_650a_45bb_fa8e,
    0xe6c0_8472_658a_5594,
    0x1830_9a9d_5ff7_aaf9,
    0xc621_cee7_f53e_52f3,
    0x1823_6858_585e_5860,
    0x6482_fe57_30d4_e674,
    0x21d1_e6e5_630e_ba28,
    0x20b8_bed3_dc19_743f,
    0x27d5_d22c_6291_85cc,
    0x0121_d0f9_de72_7a34,
    // The token of a slash command in Slack's manual.
    0x1483_d4f8_3d22_94fa,
    // Postman's echo service.
    0xaa2a_9470_bf36_5eaf,
    0xf9f4_8971_49ac_7233,
];

/// Returns whether this value comes from a vendor's documentation or a public emulator.
pub(super) fn is_documented(secret: &[u8]) -> bool {
    let digest = Sha256::digest(secret);
    let mut head = [0; 8];
    head.copy_from_slice(&digest[..8]);
    PUBLISHED.contains(&u64::from_be_bytes(head))
}

#[cfg(test)]
mod tests {
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
}
