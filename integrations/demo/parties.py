"""Who Harbour & Vale Supply sells to, buys from and employs."""

#: (name, segment, language, mail domain, contact)
CUSTOMERS = (
    ("Grand Hôtel Beaurivage", "strategic", "fr", "beaurivage.example", "Camille Laurent"),
    ("Noordzee Brouwerij", "strategic", "nl", "noordzeebrouwerij.example", "Joost de Wit"),
    ("Clinique Saint-Roch", "strategic", "fr", "saint-roch.example", "Hélène Marchand"),
    ("Werft Elbmann", "strategic", "de", "elbmann.example", "Jürgen Petersen"),
    ("Castlebridge Hotels", "strategic", "en", "castlebridge.example", "Aoife Byrne"),
    ("Bakkerij Zonneveld", "key", "nl", "zonneveld.example", "Sanne Zonneveld"),
    ("Conservas Alborán", "key", "es", "alboran.example", "Lucía Herrera"),
    ("Dorset Cider Works", "key", "en", "dorsetcider.example", "Tom Hadley"),
    ("Fährbetrieb Nordkant", "key", "de", "nordkant.example", "Maren Thode"),
    ("Hospital Costa Clara", "key", "es", "costaclara.example", "Javier Molina"),
    ("Kanalwerk Maschinenbau", "key", "de", "kanalwerk.example", "Stefan Krüger"),
    ("Laiterie du Vercors", "key", "fr", "laiterievercors.example", "Paul Reynaud"),
    ("Lowland Cheese Company", "key", "en", "lowlandcheese.example", "Fiona Ross"),
    ("Maison Perrault Traiteur", "key", "fr", "perrault.example", "Inès Perrault"),
    ("Rederij Waterweg", "key", "nl", "waterweg.example", "Pieter Kok"),
    ("Sailmakers of Cork", "key", "en", "sailmakers.example", "Declan Walsh"),
    ("Talleres Ibarra", "key", "es", "ibarra.example", "Ander Ibarra"),
    ("Aldgate Facilities", "standard", "en", "aldgate.example", "Priya Nair"),
    ("Auberge des Trois Ponts", "standard", "fr", "troisponts.example", "Lucie Fabre"),
    ("Bäckerei Sommerfeld", "standard", "de", "sommerfeld.example", "Anke Sommerfeld"),
    ("Bodegas del Ebro", "standard", "es", "bodegasebro.example", "Marta Gil"),
    ("Brasserie Lumière", "standard", "fr", "brasserielumiere.example", "Hugo Blanc"),
    ("Café De Gouden Reiger", "standard", "nl", "goudenreiger.example", "Femke Bos"),
    ("Camping Les Pins", "standard", "fr", "lespins.example", "Olivier Roux"),
    ("Dublin Event Rentals", "standard", "en", "dublinevents.example", "Niamh Kelly"),
    ("Elektro Hartwig", "standard", "de", "hartwig.example", "Uwe Hartwig"),
    ("Ferry Kitchen Group", "standard", "en", "ferrykitchen.example", "Owen Price"),
    ("Garnelen Kontor Husum", "standard", "de", "garnelenkontor.example", "Imke Hansen"),
    ("Hostal Puerto Viejo", "standard", "es", "puertoviejo.example", "Rosa Campos"),
    ("Imprimerie Delorme", "standard", "fr", "delorme.example", "Claire Delorme"),
    ("Jachtwerf Sneek", "standard", "nl", "jachtwerfsneek.example", "Wietse Hoekstra"),
    ("Kilbride Joinery", "standard", "en", "kilbride.example", "Sean Murphy"),
    ("Logis du Rhône", "standard", "fr", "logisrhone.example", "Antoine Girard"),
    ("Molen Drukkerij", "standard", "nl", "molendruk.example", "Eva Molenaar"),
    ("Norfolk Growers", "standard", "en", "norfolkgrowers.example", "Grace Hill"),
    ("Olivar de Jaén", "standard", "es", "olivarjaen.example", "Manuel Ortega"),
    ("Pension Seeblick", "standard", "de", "pensionseeblick.example", "Greta Lorenz"),
    ("Quayside Seafood", "standard", "en", "quayside.example", "Liam Doyle"),
    ("Reinigung Blitzrein", "standard", "de", "blitzrein.example", "Olga Winter"),
    ("Van Dijk Installaties", "standard", "nl", "vandijk.example", "Ruben van Dijk"),
)

#: (name, product group, language, mail domain, contact, days from order to arrival)
VENDORS = (
    ("Cartonnerie Valmont", "packaging", "fr", "valmont.example", "Sophie Garnier", 8),
    ("Baltic Board", "packaging", "en", "balticboard.example", "Kalle Tamm", 12),
    ("Folienwerk Rhein", "packaging", "de", "folienwerk.example", "Dirk Sauer", 7),
    ("Pallet Pool Benelux", "packaging", "nl", "palletpool.example", "Bram Jansen", 5),
    ("Iberpack", "packaging", "es", "iberpack.example", "Nuria Vidal", 10),
    ("Cristallerie d'Orsay", "hospitality", "fr", "orsay.example", "Mathieu Colin", 14),
    ("Textil Minho", "hospitality", "en", "textilminho.example", "Rui Carvalho", 12),
    ("Porzellan Lindau", "hospitality", "de", "porzellan-lindau.example", "Karin Vogt", 11),
    ("Koffiebranderij Maas", "hospitality", "nl", "koffiemaas.example", "Daan Visser", 4),
    ("Jabones La Toja", "hospitality", "es", "latoja.example", "Carmen Soto", 9),
    ("Handschutz Meier", "safety", "de", "handschutz.example", "Petra Meier", 9),
    ("Shieldwell", "safety", "en", "shieldwell.example", "Mark Ellison", 10),
    ("Chaussures Atlas", "safety", "fr", "chaussures-atlas.example", "Denis Faure", 13),
    ("Veiligheid Totaal", "safety", "nl", "veiligheidtotaal.example", "Marieke Smit", 6),
    ("Protección Norte", "safety", "es", "proteccionnorte.example", "Iker Zabala", 11),
    ("Kessler Fördertechnik", "industrial", "de", "kessler.example", "Matthias Kessler", 15),
    ("Bradfield Fasteners", "industrial", "en", "bradfield.example", "Helen Marsh", 7),
    ("Roulements du Nord", "industrial", "fr", "roulements.example", "Luc Thierry", 9),
    ("Pompen & Zonen", "industrial", "nl", "pompenzonen.example", "Gijs Pomp", 14),
    ("Hidráulica Vasca", "industrial", "es", "hidraulica.example", "Itziar Goñi", 12),
    ("Chemie Bergmann", "cleaning", "de", "chemie-bergmann.example", "Ralf Bergmann", 6),
    ("Sorbents Limited", "cleaning", "en", "sorbents.example", "Janet Cole", 8),
    ("Propreté Services", "cleaning", "fr", "proprete.example", "Alice Noël", 10),
    ("Wasunie", "cleaning", "nl", "wasunie.example", "Koen Bakker", 7),
    ("Papelera Duero", "cleaning", "es", "duero.example", "Pablo Rey", 9),
)

#: Vendor → the classes that policy may have other numbers for.
VENDOR_CLASSES = {
    "Kessler Fördertechnik": ("Strategic", "Made to order"),
    "Handschutz Meier": ("Strategic",),
    "Cartonnerie Valmont": ("Strategic",),
    "Bradfield Fasteners": ("Preferred",),
    "Textil Minho": ("Preferred",),
    "Pompen & Zonen": ("Made to order",),
}

#: (name, code)
WAREHOUSES = (("Rotterdam Harbour", "RTM"), ("Lyon Vale", "LYN"), ("Dublin Quay", "DUB"))

SALESPEOPLE = ("Nadia Haddad", "Colin Frazer", "Elsa Brandt", "Mateo Ruiz")
BUYERS = ("Bianca Rossi", "Hendrik Maas")
PICKERS = {"RTM": ("Walter Brandsma", "Yusuf Demir"), "LYN": ("Chloé Martin", "Karim Benali"), "DUB": ("Ciara Nolan",)}
