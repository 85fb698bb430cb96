/// @file A few real places, for tests: two districts, three blocks, a handful of villages.
#pragma once

#include <gtest/gtest.h>

#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "storage/database.hpp"

namespace haat::registry::testing {

inline const PlaceFiles& few_places() {
    static const PlaceFiles kFiles{
        .districts_csv =
            "lgd_code,name_en,name_hi,aliases,division_en,division_hi,hq_lat,hq_lon\n"
            "212,Patna,पटना,,Patna,पटना,25.6093,85.1235\n"
            "201,Katihar,कटिहार,Katihaar,Purnia,पूर्णिया,25.5394,87.5711\n",
        .blocks_csv =
            "lgd_block_code,name_en,name_hi,district_lgd,name_lgd,aliases,lat,lon\n"
            "1966,Patna Sadar,पटना सदर,212,PATNA RURAL,,25.5941,85.1376\n"
            "1967,Rajpur,राजपुर,212,RAJPUR,,25.5000,85.2000\n"
            "1807,Rajpur,राजपुर,201,RAJPUR,,25.5400,87.5700\n",
        .villages_csv =
            "village_code_2011,name_en,block_lgd,district_lgd,lat_guess,lon_guess\n"
            "300001,Rampur,1966,212,25.6000,85.1000\n"
            "300002,Sonpur Tola,1966,212,,\n"
            "300003,Rampur,1967,212,,\n"
            "300004,Jhauwa,1807,201,,\n"
            "300004,Jhauwa again,1807,201,,\n",
        .post_offices_csv =
            "pincode,name_en,office_type,district_lgd,block_lgd_by_point,lat,lon\n"
            "800001,\"G.P.O., Patna\",HO,212,1966,25.6110,85.1440\n"
            "854105,Katihar,SO,201,,25.5400,87.5700\n"};
    return kFiles;
}

inline constexpr PlaceId kPatna = place_id_of(PlaceKind::kDistrict, 212);
inline constexpr PlaceId kKatihar = place_id_of(PlaceKind::kDistrict, 201);
inline constexpr PlaceId kPatnaSadar = place_id_of(PlaceKind::kBlock, 1966);
inline constexpr PlaceId kRampur = place_id_of(PlaceKind::kVillage, 300001);
inline constexpr PlaceId kSonpurTola = place_id_of(PlaceKind::kVillage, 300002);
inline constexpr PlaceId kJhauwa = place_id_of(PlaceKind::kVillage, 300004);

inline void load(storage::Database& database, const PlaceFiles& files) {
    Result<PlaceLoader> loader = PlaceLoader::create(files);
    ASSERT_TRUE(loader.has_value()) << loader.error().code;
    while (database.write([&](storage::Transaction& tx) { return loader->step(tx); })) {
    }
}

}  // namespace haat::registry::testing
