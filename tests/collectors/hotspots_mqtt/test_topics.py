"""The place of a topic within a second: the same in every process, or a repeated message would be a second reading."""

from __future__ import annotations

from collectors.hotspots_mqtt.mapping import parse_mapping
from collectors.hotspots_mqtt.topics import parse_pattern, slot_of

OURS = parse_mapping({"preset": "command-centre"}).topics
COLLECTD = parse_mapping({"preset": "collectd"}).topics


def test_the_one_topic_of_a_device_keeps_the_devices_time_to_the_millisecond() -> None:
    assert slot_of("cc/v1/bontang/selatan/selatan-0001/telemetry", OURS) == 0
    assert slot_of("kota/wifi/ap-1/telemetri", [parse_pattern("kota/wifi/{device}/telemetri")]) == 0


def test_topics_of_several_mappings_stay_apart() -> None:
    patterns = [parse_pattern("kota/{device}/a"), parse_pattern("kota/{device}/b")]
    assert [slot_of(f"kota/ap-1/{each}", patterns) for each in "ab"] == [0, 1]


def test_many_topics_of_one_pattern_stay_apart_whatever_came_first() -> None:
    topics = [f"collectd/ap-1/cpu-{number}/percent" for number in range(8)]
    places = {topic: slot_of(topic, COLLECTD) for topic in topics}
    assert len(set(places.values())) > len(topics) // 2
    assert places == {topic: slot_of(topic, COLLECTD) for topic in reversed(topics)}
    assert all(0 < each < 1000 for each in places.values()), "never into the next second"


def test_two_topics_that_would_share_a_place_get_two() -> None:
    topic = "collectd/ap-1/cpu-0/percent"
    first = slot_of(topic, COLLECTD)
    assert slot_of(topic, COLLECTD, {first}) == first + 1
    assert slot_of("kota/ap-1/a", [parse_pattern("kota/{device}/a")], {0, 1}) == 2


def test_a_pattern_with_a_wildcard_stands_for_many_topics() -> None:
    patterns = [parse_pattern("tele/{device}/+")]
    assert slot_of("tele/ap-1/STATE", patterns) != slot_of("tele/ap-1/SENSOR", patterns)
