"""Words that no text and no alias may have in it, per language."""

import re

# What somebody who reads over a shoulder must not see: what the programme is for.
# Beginnings of words; `$` ends a word.
GIVEN_AWAY = {
    "en": """
        abus addict arrest convict crim danger deradical detox drug enem escap ex$ exit extrem felon former
        gang gun$ hate hatred hid$ hide hiding ideolog illegal jail kill knife leav leaving milieu murder
        offence offend police prison probation radical recover rehab relaps resettl safe secret sober terror
        therap threat victim violen weapon witness
    """,
    "fi": """
        ahdist alamaail ampu ase$ aseen aseet eksit entinen entiset exit huum ideolog irrot irtaut jengi
        katkais katuva kuntout laiton laittom murha pae$ paeta pako pakene pidäte pidätt pidätä poliis päihde
        radikal raitis rikok rikolli rikos salai surma tapp$ tappa terror todistaj toipu turvalli uhka uhkaa uhkail uhri
        vaara$ vaaral vangi vankil vapautu viha$ vihaa vihan vihol väkival ääri
    """,
    "sv": """
        avhopp avrad beroende brott dödlig exit extrem farlig fiende fly$ flykt fängel förbryt gäng hat$
        hatet hemlig hot$ hotad hotet ideolog illegal kniv knark kriminel lämnat missbruk mord mörda nykter
        offer olaglig polis radikal rehab straff terror säker tillfrisk utträd vapen vittne våld
    """,
}

# What the glossary of docs/words.md calls something else. Beginnings of words; `$` ends a word.
CALLED_OTHERWISE = {
    "en": "admin agent case$ client customer patient target ticket user",
    "fi": "agentti asiaka hallinnoij kohde käyttäj ohjaaja peitenim potilas tapaus tiketti",
    "sv": "admin agent användar fall$ handledare klient kodnamn kund$ målgrupp patient ärende",
}

# In an alias: war, creeds, nations, colours, the emblems of movements, informers, drugs by their names in the
# street, and what makes people laugh. Parts of words; `$` makes it a whole word.
NEVER_CALLED = {
    "en": """
        angel arrow ash$ battle bear beast beaver bitch black blade blood blue bold brave brown bull canary
        clover cock colour cross crown crystal dark dawn devil dove dragon eagle falcon fire flag free frost
        fox ghost god gold grass green grey gun hammer hawk holy honour hunter ice iron king knight law$
        lion lone lord loyal maple master mighty mole moon mouse north oak order pigeon poppy power proud
        pure queen rat$ raven red rune saint shadow shield silver skull snake snow soldier star$ steel storm
        strong sun$ sword thistle thunder tiger true victor viper volt war$ warrior weed white wild wolf
        yellow
    """,
    "fi": """
        aito$ ase$ enkeli haukka hopea humala hirvi härkä joutsen jumala jyrki jänis karhu keisari kettu
        keltai korppi kotka kulta kuningas kuu$ kukka$ leijona lumi luoti$ miekka musta myrsky myyrä ohdake
        perus pilvi pohja$ pohjoi puhdas puna rauta riimu risti ritari rotta ruoho ruskea ruiskukka salama
        sini soihtu sota$ soturi susi suomi taistel tammi terva teräs tosi$ tuli$ tähti ukkonen uljas urhea
        vaalea valko vapaa vasara vasikka veri$ vihreä villi voima yrtti ylpeä
    """,
    "sv": """
        adel ask$ björn$ blod blå brun duva ek$ ekl eld fri$ frost gam$ grå grön gräs gud gul hammar hirsch
        humle hök is$ järn jägar kung kors korp krig lejon ljus mullvad måne mörk nord orm$ pil$ ren$ riddar
        run$ röd råtta räv sann silver skugg sköld$ sol$ soldat stark stjärna stolt storm stål sten$ stig$
        svart svan$ svärd sverige tistel tor$ trogen trofast ulv$ vallmo varg vass$ vild vit vipa åska äkta
        ära$ örn
    """,
}

# An alias tells nobody who is a man and who is a woman.
FIRST_NAMES = """
    aamu ahti aimo alva april ash ask björn brook cliff dag daisy dale dawn embla fern forest frej glen
    grace hazel heath heather hedda hellä holly ilta iris ivy jasmine jay june juniper kaino kaisla kanerva
    kelly kielo lahja lempi lilja lily linnea liv lumi marja may meri merry misty oiva olive onni orvokki
    pearl pihla pilvi päivä rauha robin rosa rose rowan ruby ruusu sade saga signe siv sol sten stig storm
    sulo summer suvi svea taimi tarmo terho toivo tor tuuli tyyni ulf urho varpu veli vide vieno vilja viola
    violet vuokko willow wren
"""


def beginnings(words: str, text: str) -> list[str]:
    """Where a word of the text begins with one of `words`."""
    either = "|".join(re.escape(word).replace(r"\$", r"\b") for word in words.split())
    return re.findall(rf"\b(?:{either})", text.casefold())


def parts(words: str, word: str) -> list[str]:
    """Those of `words` that are a part of one word."""
    folded = word.casefold()
    return [each for each in words.split() if (folded == each[:-1] if each.endswith("$") else each in folded)]
