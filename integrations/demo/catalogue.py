"""What Harbour & Vale Supply sells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """Products that differ in one property; the code of a variant is `CODE-1`, `CODE-2` …"""

    group: str
    code: str
    name: str
    unit: str
    price: str
    pack: int
    """Customers order multiples of it."""
    variants: tuple[str, ...]
    kind: str = "storable"


PACKAGING = "packaging"
HOSPITALITY = "hospitality"
SAFETY = "safety"
INDUSTRIAL = "industrial"
CLEANING = "cleaning"
GROUPS = (PACKAGING, HOSPITALITY, SAFETY, INDUSTRIAL, CLEANING)

FAMILIES = (
    Family(PACKAGING, "BOX", "Corrugated box", "pieces", "0.85", 50, ("200×150", "300×200", "400×300", "600×400", "800×600")),
    Family(
        PACKAGING, "WRP", "Pallet wrap", "pieces", "7.40", 6, ("clear 17µ", "clear 23µ", "black 23µ", "pre-stretched", "reused")
    ),
    Family(PACKAGING, "BUB", "Bubble wrap", "m", "0.42", 100, ("50 cm", "75 cm", "100 cm", "120 cm", "antistatic")),
    Family(PACKAGING, "TAP", "Packing tape", "pieces", "1.95", 36, ("brown", "clear", "printed Fragile", "paper", "reinforced")),
    Family(PACKAGING, "KRA", "Kraft paper", "kg", "1.80", 25, ("70 g", "90 g", "120 g", "waxed", "embossed")),
    Family(PACKAGING, "STR", "Polyester strapping", "m", "0.11", 500, ("12 mm", "15 mm", "16 mm", "19 mm", "25 mm")),
    Family(PACKAGING, "PAL", "Pallet", "pieces", "13.50", 10, ("Euro", "half", "export heat-treated", "plastic", "display")),
    Family(PACKAGING, "ENV", "Padded envelope", "boxes", "18.90", 2, ("size C", "size D", "size F", "size H", "size K")),
    Family(HOSPITALITY, "GLS", "Wine glass", "pieces", "3.60", 24, ("Bordeaux", "Burgundy", "flute", "tasting", "tumbler")),
    Family(HOSPITALITY, "PLT", "Dinner plate", "pieces", "4.90", 24, ("white 21 cm", "white 27 cm", "slate", "oval", "coupe")),
    Family(HOSPITALITY, "TWL", "Bath towel", "pieces", "6.80", 20, ("white 500 g", "white 600 g", "sand", "graphite", "pool")),
    Family(HOSPITALITY, "LIN", "Bed linen set", "pieces", "24.50", 10, ("single", "double", "king", "satin", "cot")),
    Family(HOSPITALITY, "NAP", "Paper napkin", "boxes", "21.00", 4, ("white", "bordeaux", "anthracite", "natural", "printed")),
    Family(HOSPITALITY, "COF", "Coffee beans", "kg", "14.20", 10, ("house blend", "espresso", "decaf", "Ethiopia", "Colombia")),
    Family(HOSPITALITY, "CUT", "Cutlery set", "boxes", "38.00", 2, ("classic", "bistro", "hammered", "matt black", "children")),
    Family(HOSPITALITY, "SOP", "Guest soap", "boxes", "32.00", 2, ("olive", "lavender", "sea salt", "unscented", "verbena")),
    Family(SAFETY, "GLV", "Nitrile gloves", "boxes", "8.60", 10, ("S", "M", "L", "XL", "long cuff")),
    Family(SAFETY, "HLM", "Safety helmet", "pieces", "17.80", 5, ("white", "yellow", "blue", "vented", "with visor")),
    Family(SAFETY, "BOO", "Safety boots", "pieces", "64.00", 2, ("size 40", "size 41", "size 42", "size 43", "size 44")),
    Family(SAFETY, "VST", "High-visibility vest", "pieces", "5.40", 20, ("S", "M", "L", "XL", "XXL")),
    Family(SAFETY, "MSK", "Respirator FFP3", "boxes", "29.00", 5, ("valved", "unvalved", "folded", "carbon", "welding")),
    Family(SAFETY, "EAR", "Ear protection", "boxes", "16.50", 4, ("plugs", "corded plugs", "banded", "detectable", "custom")),
    Family(SAFETY, "AID", "First-aid kit", "pieces", "41.00", 1, ("office", "vehicle", "kitchen", "burns", "eyewash")),
    Family(SAFETY, "HAR", "Fall-arrest harness", "pieces", "96.00", 1, ("one-point", "two-point", "rescue", "ropes", "tower")),
    Family(INDUSTRIAL, "BLT", "Hex bolt", "boxes", "12.40", 5, ("M6×30", "M8×40", "M10×50", "M12×60", "M16×80")),
    Family(INDUSTRIAL, "BRG", "Ball bearing", "pieces", "9.70", 10, ("6203", "6204", "6205", "6206", "6308")),
    Family(INDUSTRIAL, "HOS", "Hydraulic hose", "m", "8.30", 20, ('1/4"', '3/8"', '1/2"', '3/4"', '1"')),
    Family(INDUSTRIAL, "ROP", "Steel wire rope", "m", "2.90", 50, ("4 mm", "6 mm", "8 mm", "10 mm", "12 mm")),
    Family(INDUSTRIAL, "BEL", "Conveyor belt", "m", "47.00", 5, ("PVC 300", "PVC 500", "PU 400", "rubber 650", "inclined")),
    Family(INDUSTRIAL, "PMP", "Transfer pump", "pieces", "238.00", 1, ("drum", "diaphragm", "gear", "hygienic", "submersible")),
    Family(INDUSTRIAL, "VAL", "Ball valve", "pieces", "22.60", 5, ("DN15", "DN20", "DN25", "DN40", "DN50")),
    Family(INDUSTRIAL, "CBL", "Cable tie", "boxes", "14.80", 5, ("100 mm", "200 mm", "300 mm", "stainless", "releasable")),
    Family(INDUSTRIAL, "LED", "LED floodlight", "pieces", "54.00", 2, ("20 W", "50 W", "100 W", "battery", "explosion-proof")),
    Family(CLEANING, "DEG", "Degreaser", "kg", "3.40", 25, ("citrus", "alkaline", "food-safe", "cold", "foam")),
    Family(CLEANING, "ABS", "Absorbent granules", "kg", "0.95", 50, ("fine", "coarse", "oil only", "acid", "organic")),
    Family(CLEANING, "WIP", "Cleaning wipes", "boxes", "26.00", 4, ("universal", "alcohol", "stainless", "glass", "heavy duty")),
    Family(CLEANING, "BAG", "Refuse sack", "boxes", "31.00", 4, ("60 l", "120 l", "240 l", "clear", "compostable")),
    Family(CLEANING, "DET", "Laundry detergent", "kg", "2.60", 25, ("colour", "white", "delicates", "disinfect", "ecological")),
    Family(
        CLEANING, "TRL", "Cleaning trolley", "pieces", "148.00", 1, ("compact", "two buckets", "hotel", "clean room", "waste")
    ),
    Family(CLEANING, "DSP", "Soap dispenser", "pieces", "27.50", 4, ("manual", "sensor", "steel", "elbow", "foam")),
    Family(PACKAGING, "CRT", "Returnable crate", "pieces", "11.00", 10, ("deposit",), "consumable"),
    Family(INDUSTRIAL, "SRV", "On-site fitting", "hours", "68.00", 1, ("standard",), "service"),
)
