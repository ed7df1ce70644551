"""Whose a mail domain is: of one company, or of a public provider, where anyone may have an address."""

#: Providers with many endings: gmx.de, yahoo.co.uk, hotmail.com.br.
_UNDER_MANY_ENDINGS = frozenset(
    (
        "outlook", "hotmail", "live", "msn", "windowslive", "passport", "yahoo", "ymail", "rocketmail", "gmx", "yandex", "aol",
        "protonmail", "zoho", "zohomail", "tutanota", "mailfence",
    )
)  # fmt: skip
_EACH = """
    gmail.com googlemail.com icloud.com me.com mac.com aim.com verizon.net att.net sbcglobal.net bellsouth.net comcast.net
    cox.net charter.net earthlink.net juno.com netzero.net rogers.com shaw.ca sympatico.ca bell.net telus.net
    mail.com email.com usa.com post.com inbox.com hey.com fastmail.com fastmail.fm hushmail.com runbox.com
    proton.me pm.me tuta.io tuta.com tutamail.com tuta.de keemail.me posteo.de posteo.net posteo.eu mailbox.org disroot.org
    riseup.net startmail.com
    web.de t-online.de freenet.de online.de arcor.de vodafone.de vodafonemail.de magenta.de email.de mail.de 1und1.de
    kabelmail.de unitybox.de o2online.de netcologne.de ewetel.net ewe.net kabelbw.de lycos.de directbox.com
    aon.at a1.net chello.at utanet.at inode.at kabsi.at
    bluewin.ch bluemail.ch hispeed.ch sunrise.ch swissonline.ch quickline.ch
    orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr bbox.fr numericable.fr club-internet.fr cegetel.net aliceadsl.fr
    voila.fr noos.fr
    libero.it virgilio.it tiscali.it alice.it tin.it tim.it inwind.it iol.it fastwebnet.it vodafone.it pec.it
    telefonica.net movistar.es terra.es ono.com orange.es euskaltel.net
    sapo.pt netcabo.pt clix.pt mail.telepac.pt
    ziggo.nl kpnmail.nl kpnplanet.nl xs4all.nl planet.nl hetnet.nl home.nl upcmail.nl chello.nl casema.nl quicknet.nl zonnet.nl
    tele2.nl online.nl telfort.nl caiway.nl zeelandnet.nl solcon.nl
    telenet.be skynet.be proximus.be scarlet.be belgacom.net voo.be pandora.be pt.lu internet.lu
    btinternet.com btopenworld.com virginmedia.com ntlworld.com blueyonder.co.uk sky.com talktalk.net tiscali.co.uk
    plus.com plus.net o2.co.uk eircom.net
    telia.com bredband.net comhem.se spray.se tele2.se online.no broadpark.no lyse.net
    mail.dk tdcadsl.dk stofanet.dk jubii.dk ofir.dk kolumbus.fi elisanet.fi saunalahti.fi luukku.com suomi24.fi
    seznam.cz email.cz post.cz centrum.cz volny.cz atlas.cz azet.sk centrum.sk zoznam.sk post.sk
    wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu vp.pl poczta.onet.pl poczta.fm tlen.pl gazeta.pl go2.pl
    freemail.hu citromail.hu t-online.hu indamail.hu vipmail.hu
    abv.bg mail.bg dir.bg siol.net t-2.net amis.net net.hr inet.hr mts.rs eunet.rs otenet.gr forthnet.gr hol.gr in.gr
    inbox.lv inbox.lt mail.ee hot.ee one.lt
    mail.ru bk.ru inbox.ru list.ru internet.ru rambler.ru ya.ru ukr.net i.ua bigmir.net meta.ua tut.by
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com
    naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp nifty.com
    rediffmail.com hinet.net pchome.com.tw singnet.com.sg
    uol.com.br bol.com.br terra.com.br ig.com.br globo.com globomail.com prodigy.net.mx
    bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz walla.co.il walla.com mynet.com superonline.com
"""
_PUBLIC = frozenset(_EACH.split())
_IN_BETWEEN = frozenset(("co", "com", "net", "org"))


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").lower()


def is_public(domain: str) -> bool:
    """Whether anyone may have an address there, so that it says nothing of whom somebody belongs to. In lower case."""
    name, *ending = domain.split(".")
    one_ending = len(ending) == 1 or (len(ending) == 2 and ending[0] in _IN_BETWEEN)
    return domain in _PUBLIC or (one_ending and name in _UNDER_MANY_ENDINGS)


def company_domain(address: str) -> str | None:
    """The domain by which whoever writes from there belongs to one company; None where it tells nothing."""
    domain = domain_of(address)
    return None if not domain or is_public(domain) else domain
